/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/export.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/moment.h"
#include "canary/register_value.h"

/* What each column draws from, in the order of the plan. */
struct sources {
    struct canary_identifiers *identifiers; /* CANARY_ID */
    const struct field **fields;            /* CANARY_FIELD */
    size_t count;
};

static void sources_clear(struct sources *sources)
{
    for (size_t i = 0; i < sources->count && sources->identifiers; i++)
        canary_identifiers_clear(&sources->identifiers[i]);
    free(sources->identifiers);
    free(sources->fields);
}

static int open_source(const struct canary_export *export, size_t i, struct sources *sources,
                       struct tq_error *err)
{
    const struct canary_column *column = &export->plan->columns[i];

    if (column->source == CANARY_ID)
        return canary_identifiers_make(export->recipient, column, export->key,
                                       &sources->identifiers[i], err);
    if (column->source != CANARY_FIELD)
        return TQ_OK;
    if (!export->reg)
        return tq_fail(err, TQ_E_USAGE,
                       "%s:%u: column '%s' takes its values from the register: give --register "
                       "and --register-key",
                       export->plan->file, column->line, column->header);
    return register_value_field(export->reg, export->plan, column, &sources->fields[i], err);
}

static int open_sources(const struct canary_export *export, struct sources *sources,
                        struct tq_error *err)
{
    size_t count = export->plan->column_count;
    int r = TQ_OK;

    sources->count = count;
    sources->identifiers = alloc_zeroed(count, sizeof(*sources->identifiers));
    sources->fields = alloc_zeroed(count, sizeof(*sources->fields));
    if (!sources->identifiers || !sources->fields)
        return tq_no_memory(err);
    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = open_source(export, i, sources, err);
    return r;
}

/* A day in the plan's format. */
static void add_day(struct buf *out, const char *format, int32_t days)
{
    unsigned month, day;
    int year;

    civil_from_days(days, &year, &month, &day);
    while (*format != '\0') {
        if (strncmp(format, "YYYY", 4) == 0) {
            buf_format(out, "%04d", year);
            format += 4;
        } else if (strncmp(format, "MM", 2) == 0) {
            buf_format(out, "%02u", month);
            format += 2;
        } else if (strncmp(format, "DD", 2) == 0) {
            buf_format(out, "%02u", day);
            format += 2;
        } else {
            buf_add_byte(out, *format++);
        }
    }
}

static int add_cell(const struct canary_column *column, const struct sources *sources, size_t i,
                    uint32_t number, struct keyed_dice *dice, struct buf *out, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf value = {0};
    uint32_t days;
    int r;

    switch (column->source) {
    case CANARY_ID:
        buf_add_slice(&value, dictionary_text(&sources->identifiers[i].written, number - 1));
        break;
    case CANARY_PATTERN:
        if (!pattern_draw(&column->pattern, dice, &value))
            return tq_fail(err, TQ_E_LIMIT, "column '%s': no value passes its check",
                           column->header);
        break;
    case CANARY_WORDS:
        buf_add_text(&value, column->words[keyed_dice_below(dice, column->word_count)]);
        break;
    case CANARY_DATE:
        days = (uint32_t)(column->last_day - column->first_day);
        add_day(&value, column->format,
                column->first_day + (int32_t)keyed_dice_below(dice, days + 1));
        break;
    case CANARY_FIELD:
        buf_add_slice(&value, register_value_draw(sources->fields[i], column, dice));
        break;
    }
    r = buf_check(&value, err);
    escape_csv(out, buf_slice(&value));
    return r;
}

static int add_row(const struct canary_export *export, const struct sources *sources,
                   uint32_t number, struct buf *out, struct tq_error *err)
{
    struct keyed_dice dice;
    int r = TQ_OK;

    for (size_t i = 0; i < sources->count && r == TQ_OK; i++) {
        const struct canary_column *column = &export->plan->columns[i];

        keyed_dice_start(&dice, export->key, slice_of(export->recipient->name), number,
                         slice_of(column->header));
        buf_add_text(out, i ? "," : "");
        r = add_cell(column, sources, i, number, &dice, out, err);
    }
    keyed_dice_clear(&dice);
    buf_add_text(out, "\r\n");
    return r;
}

int canary_export_write(const struct canary_export *export, struct buf *out, struct tq_error *err)
{
    CLEANUP(sources_clear) struct sources sources = {0};
    int r = open_sources(export, &sources, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < sources.count; i++) {
        buf_add_text(out, i ? "," : "");
        escape_csv(out, slice_of(export->plan->columns[i].header));
    }
    buf_add_text(out, "\r\n");
    for (uint32_t number = 1; number <= export->recipient->count && r == TQ_OK; number++)
        r = add_row(export, &sources, number, out, err);
    return r < 0 ? r : buf_check(out, err);
}
