/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/chart.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/utf8.h"

#define WIDTH        860
#define LABEL_WIDTH  250
#define BAR_HEIGHT   18
#define BAR_PITCH    26
#define ROWS_MAX     12u /* bars of one chart: more would be a table */
#define CURVES_MAX   6u
#define CURVE_HEIGHT 120
#define LABEL_CHARS  34u

/* After Okabe and Ito's palette: told apart with the common kinds of colour blindness. */
static const char *const colours[RECORD_VERDICT_COUNT] = {
    [RECORD_UNVERIFIABLE] = "#9aa3ab",  [RECORD_UNFOUNDED] = "#4d4d4d",
    [RECORD_MISATTRIBUTED] = "#cc79a7", [RECORD_ALTERED] = "#d55e00",
    [RECORD_INCOMPLETE] = "#e6b800",    [RECORD_STALE] = "#56b4e9",
    [RECORD_AUTHENTIC] = "#009e73",
};

const char *chart_colour(enum record_verdict verdict)
{
    return colours[verdict];
}

void number_format(enum language language, uint64_t number, struct buf *out)
{
    /* English comma, French narrow no-break space; Arabic pages use the comma with these digits. */
    const char *mark = language == LANGUAGE_FR ? "\xE2\x80\xAF" : ",";
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buf_add_text(out, mark);
        buf_add_byte(out, digits[i]);
    }
}

/* ---- pieces ---- */

static void open_chart(struct buf *out, const char *title, int height)
{
    buf_add_text(out, "<figure><figcaption>");
    escape_html(out, slice_of(title));
    buf_format(out,
               "</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" direction=\"ltr\" "
               "aria-label=\"",
               WIDTH, height);
    escape_html(out, slice_of(title));
    buf_add_text(out, "\">");
}

static void close_chart(struct buf *out)
{
    buf_add_text(out, "</svg></figure>\n");
}

/* A label of bounded length: the end of a path says more than its beginning. */
static void add_label(struct buf *out, int x, int y, const char *anchor, const char *text)
{
    struct slice rest = slice_of(text);
    size_t length = 0;

    for (struct slice count = rest; count.length > 0; length++)
        (void)utf8_next(&count);
    buf_format(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    if (length > LABEL_CHARS) {
        for (; length > LABEL_CHARS; length--)
            (void)utf8_next(&rest);
        buf_add_text(out, "\xE2\x80\xA6");
    }
    escape_html(out, rest);
    buf_add_text(out, "</text>");
}

static void add_bar(struct buf *out, double x, int y, double width, const char *colour)
{
    buf_format(out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>", x, y,
               width, BAR_HEIGHT, colour);
}

static void add_number(struct buf *out, double x, int y, enum language language, uint64_t number)
{
    buf_format(out, "<text x=\"%.1f\" y=\"%d\">", x, y);
    number_format(language, number, out);
    buf_add_text(out, "</text>");
}

/* ---- verdicts per table ---- */

/* Beside the chart, not in it: words of any length and direction find their room on the page. */
static void add_legend(struct buf *out, enum language language)
{
    buf_add_text(out, "<p class=\"legend\">");
    for (int i = RECORD_VERDICT_COUNT - 1; i >= 0; i--) {
        buf_format(out, "<span><i class=\"key\" style=\"background:%s\"></i>", colours[i]);
        escape_html(out, slice_of(phrase_verdict(language, (enum record_verdict)i)));
        buf_add_text(out, "</span> ");
    }
    buf_add_text(out, "</p>");
}

/* Positions of the `ROWS_MAX` largest values, largest first, ties by position. */
static size_t largest(const uint64_t *values, size_t count, uint32_t *out_positions)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        size_t at = kept;

        if (values[i] == 0)
            continue;
        while (at > 0 && values[out_positions[at - 1]] < values[i])
            at--;
        if (at == ROWS_MAX)
            continue;
        if (kept < ROWS_MAX)
            kept++;
        memmove(out_positions + at + 1, out_positions + at,
                (kept - at - 1) * sizeof(*out_positions));
        out_positions[at] = (uint32_t)i;
    }
    return kept;
}

void chart_verdicts(const struct report_data *data, enum language language, struct buf *out)
{
    size_t count = data->view.table_count;
    CLEANUP(free_cleanup) uint64_t *values = alloc_zeroed(count + 1, sizeof(*values));
    uint32_t rows[ROWS_MAX + 1];
    size_t shown;

    if (!values)
        return;
    for (size_t i = 0; i < count; i++)
        values[i] = data->tables[i].records;
    shown = largest(values, count, rows);
    if (shown == 0)
        return;

    open_chart(out, phrase(language, PHRASE_CHART_VERDICTS), (int)shown * BAR_PITCH);
    for (size_t i = 0; i < shown; i++) {
        const struct table_numbers *table = &data->tables[rows[i]];
        double scale = (WIDTH - LABEL_WIDTH - 80.0) / (double)table->records;
        double x = LABEL_WIDTH;
        int y = (int)i * BAR_PITCH;

        add_label(out, LABEL_WIDTH - 8, y + 14, "end",
                  data->view.tables[rows[i]].stored->head.name);
        for (int v = RECORD_VERDICT_COUNT - 1; v >= 0; v--) {
            double width = (double)table->verdicts[v] * scale;

            if (table->verdicts[v] > 0)
                add_bar(out, x, y, width, colours[v]);
            x += width;
        }
        add_number(out, x + 6, y + 14, language, table->records);
    }
    buf_add_text(out, "</svg>");
    add_legend(out, language);
    buf_add_text(out, "</figure>\n");
}

/* ---- exposed by category ---- */

void chart_categories(const struct report_data *data, enum language language, struct buf *out)
{
    uint64_t values[CATEGORY_COUNT], most = 0;
    int row = 0;

    for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
        values[i] = report_data_count(data, "exposed", NULL, category_name((enum category)i)).value;
        most = values[i] > most ? values[i] : most;
        row += values[i] > 0;
    }
    if (most == 0)
        return;
    open_chart(out, phrase(language, PHRASE_CHART_CATEGORIES), row * BAR_PITCH);
    row = 0;
    for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
        double width = (WIDTH - LABEL_WIDTH - 100.0) * (double)values[i] / (double)most;
        int y = row * BAR_PITCH;

        if (values[i] == 0)
            continue;
        add_label(out, LABEL_WIDTH - 8, y + 14, "end", phrase_category(language, (enum category)i));
        add_bar(out, LABEL_WIDTH, y, width, "#0072b2");
        add_number(out, LABEL_WIDTH + width + 6, y + 14, language, values[i]);
        row++;
    }
    close_chart(out);
}

/* ---- records per exhibit ---- */

void chart_exhibits(const struct report_data *data, enum language language, struct buf *out)
{
    size_t count = data->view.exhibits.count;
    CLEANUP(free_cleanup) uint64_t *values = alloc_zeroed(count + 1, sizeof(*values));
    uint32_t rows[ROWS_MAX + 1];
    size_t shown;

    if (!values)
        return;
    for (size_t i = 0; i < count; i++)
        values[i] = data->exhibits[i].records;
    shown = largest(values, count, rows);
    if (shown == 0)
        return;
    open_chart(out, phrase(language, PHRASE_CHART_EXHIBITS), (int)shown * BAR_PITCH);
    for (size_t i = 0; i < shown; i++) {
        double width =
            (WIDTH - LABEL_WIDTH - 100.0) * (double)values[rows[i]] / (double)values[rows[0]];
        int y = (int)i * BAR_PITCH;

        add_label(out, LABEL_WIDTH - 8, y + 14, "end", data->view.exhibits.items[rows[i]].path);
        add_bar(out, LABEL_WIDTH, y, width < 1 ? 1 : width, "#0072b2");
        add_number(out, LABEL_WIDTH + width + 6, y + 14, language, values[rows[i]]);
    }
    close_chart(out);
}

/* ---- the dating curve ---- */

static void add_moment(struct buf *out, double x, int y, const char *anchor, int32_t minutes)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    moment_format(&text, minutes);
    if (text.length >= 16) {
        text.data[10] = ' ';
        text.data[16] = '\0'; /* to the minute */
    }
    buf_format(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>", x, y, anchor,
               text.data ? text.data : "");
}

struct curve_scale {
    int32_t from, to;
};

static double curve_x(const struct curve_scale *scale, int32_t minutes)
{
    double share = ((double)minutes - scale->from) / ((double)scale->to - scale->from);

    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return share * WIDTH;
}

static void add_supports(struct buf *out, const struct dating *dating,
                         const struct curve_scale *scale)
{
    for (uint32_t i = 0; i < dating->count; i++) {
        const struct snapshot *snapshot = &dating->snapshots[i];
        double x0 = curve_x(scale, snapshot->from), x1 = curve_x(scale, snapshot->to);

        buf_format(out,
                   "<rect x=\"%.1f\" y=\"18\" width=\"%.1f\" height=\"%d\" fill=\"#e69f00\" "
                   "opacity=\".35\"/>",
                   x0, x1 - x0 < 1.5 ? 1.5 : x1 - x0, CURVE_HEIGHT - 36);
    }
}

/* The likelihood itself, as a share of its maximum: what is narrow looks narrow. */
static void add_curve(struct buf *out, const struct dating *dating, const struct curve_scale *scale)
{
    buf_add_text(out, "<polyline fill=\"none\" stroke=\"#0072b2\" stroke-width=\"1.5\" points=\"");
    for (uint32_t i = 0; i < dating->curve_count; i++) {
        double height = (CURVE_HEIGHT - 40.0) * exp((double)dating->curve_log[i]);

        buf_format(out, "%s%.1f,%.1f", i ? " " : "", curve_x(scale, dating->curve_at[i]),
                   CURVE_HEIGHT - 18 - height);
    }
    buf_add_text(out, "\"/>");
}

static void add_one_dating(struct buf *out, const struct dating *dating, const char *name)
{
    struct curve_scale scale = {dating->curve_at[0], dating->curve_at[dating->curve_count - 1]};

    if (scale.from >= scale.to)
        return;
    buf_format(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" direction=\"ltr\">", WIDTH,
               CURVE_HEIGHT);
    add_supports(out, dating, &scale);
    add_curve(out, dating, &scale);
    buf_format(out, "<line x1=\"0\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#888\"/>",
               CURVE_HEIGHT - 18, WIDTH, CURVE_HEIGHT - 18);
    add_label(out, 0, 12, "start", name);
    add_moment(out, 0, CURVE_HEIGHT - 4, "start", scale.from);
    add_moment(out, WIDTH, CURVE_HEIGHT - 4, "end", scale.to);
    if (dating->count > 0)
        add_moment(out, WIDTH / 2.0, CURVE_HEIGHT - 4, "middle", dating->snapshots[0].best);
    buf_add_text(out, "</svg>");
}

void chart_dating(const struct report_data *data, enum language language, struct buf *out)
{
    unsigned drawn = 0;

    for (size_t i = 0; i < data->view.table_count && drawn < CURVES_MAX; i++) {
        const struct dating *dating = &data->tables[i].dating;

        if (dating->count == 0 || dating->curve_count < 2)
            continue;
        if (drawn++ == 0) {
            buf_add_text(out, "<figure><figcaption>");
            escape_html(out, slice_of(phrase(language, PHRASE_CHART_DATING)));
            buf_add_text(out, "</figcaption>");
        }
        add_one_dating(out, dating, data->view.tables[i].stored->head.name);
    }
    if (drawn > 0)
        buf_add_text(out, "</figure>\n");
}
