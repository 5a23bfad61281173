/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Salary certificates as PDF. */
#include "drill/pen.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "drill/text.h"

#define PAGE_WIDTH    595.276 /* A4, in points */
#define PAGE_HEIGHT   841.890
#define MARGIN        56.0
#define LINE_HEIGHT   17.0
#define BOTTOM        760.0
#define LABELS_MAX    64u
#define CLOCK_MINUTES 180 /* of a clock that the country never had */
#define RETYPED_LOWER 0.8 /* points: a hand on a mouse */
#define NUDGED_RIGHT  2.5
#define CLOCK_OFFSET  "+03:00"
#define TEXT_COLUMNS  5u /* month and LINE_CELLS */

enum font {
    FONT_PLAIN,
    FONT_BOLD,
    FONT_TITLE,
    FONT_SMALL,
    FONT_LARGER, /* the plain one, as a forger guesses its size */
    FONT_PATCH,  /* what a forger's editor has */
    FONT_ARABIC,
    FONT_ARABIC_TITLE,
    FONTS
};

static const char *const font_names[FONTS] = {
    [FONT_PLAIN] = "DejaVu Sans 9",
    [FONT_BOLD] = "DejaVu Sans Bold 9",
    [FONT_TITLE] = "DejaVu Sans Bold 13",
    [FONT_SMALL] = "DejaVu Sans 7",
    [FONT_LARGER] = "DejaVu Sans 9.5",
    [FONT_PATCH] = "DejaVu Serif 9",
    [FONT_ARABIC] = "Noto Naskh Arabic, Amiri, DejaVu Sans 11",
    [FONT_ARABIC_TITLE] = "Noto Naskh Arabic, Amiri, DejaVu Sans Bold 15",
};

enum align {
    ALIGN_LEFT,
    ALIGN_RIGHT,
    ALIGN_CENTRE
};

/* A label shaped once. */
struct label {
    const char *text; /* static */
    enum font font;
    PangoLayout *layout;
};

struct pen {
    PangoFontMap *map;
    PangoContext *context;
    PangoLayout *values[FONTS];
    struct label labels[LABELS_MAX];
    unsigned label_count;
    cairo_t *cairo;                     /* of the document being drawn */
    const struct certificate *original; /* that it is drawn over, or NULL */
    double y;
    unsigned page;
};

static PangoLayout *new_layout(struct pen *pen, enum font font)
{
    PangoLayout *layout = pango_layout_new(pen->context);
    PangoFontDescription *description = pango_font_description_from_string(font_names[font]);

    pango_layout_set_font_description(layout, description);
    pango_font_description_free(description);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    return layout;
}

int pen_new(struct pen **out_pen, struct tq_error *err)
{
    struct pen *pen = alloc_zeroed(1, sizeof(*pen));
    cairo_font_options_t *options = cairo_font_options_create();

    if (!pen) {
        cairo_font_options_destroy(options);
        return tq_no_memory(err);
    }
    /* Positions must not depend on a screen. */
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pen->map = pango_cairo_font_map_new();
    pen->context = pango_font_map_create_context(pen->map);
    pango_cairo_context_set_resolution(pen->context, 72);
    pango_cairo_context_set_font_options(pen->context, options);
    pango_context_set_round_glyph_positions(pen->context, FALSE);
    cairo_font_options_destroy(options);
    for (unsigned i = 0; i < FONTS; i++)
        pen->values[i] = new_layout(pen, (enum font)i);
    *out_pen = pen;
    return TQ_OK;
}

struct pen *pen_free(struct pen *pen)
{
    if (!pen)
        return NULL;
    for (unsigned i = 0; i < pen->label_count; i++)
        g_object_unref(pen->labels[i].layout);
    for (unsigned i = 0; i < FONTS; i++)
        g_object_unref(pen->values[i]);
    g_object_unref(pen->context);
    g_object_unref(pen->map);
    free(pen);
    return NULL;
}

static void draw_layout(struct pen *pen, PangoLayout *layout, double x, double y, enum align align)
{
    PangoRectangle box;

    if (align != ALIGN_LEFT) {
        pango_layout_get_extents(layout, NULL, &box);
        x -= (double)box.width / PANGO_SCALE / (align == ALIGN_CENTRE ? 2 : 1);
    }
    cairo_move_to(pen->cairo, x, y - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_show_layout(pen->cairo, layout);
}

/* A text that differs from document to document. */
static void draw(struct pen *pen, const char *text, enum font font, double x, double y,
                 enum align align)
{
    if (!text[0])
        return;
    pango_layout_set_text(pen->values[font], text, -1);
    draw_layout(pen, pen->values[font], x, y, align);
}

/* White where the text was, and a little around it. */
static void paint_patch(struct pen *pen, const char *text, enum font font, double x, double y,
                        enum align align)
{
    PangoRectangle box;

    pango_layout_set_text(pen->values[font], text, -1);
    pango_layout_get_extents(pen->values[font], NULL, &box);
    double width = (double)box.width / PANGO_SCALE;

    cairo_set_source_rgb(pen->cairo, 1, 1, 1);
    cairo_rectangle(pen->cairo, (align == ALIGN_RIGHT ? x - width : x) - 1, y - 8, width + 2, 10);
    cairo_fill(pen->cairo);
    cairo_set_source_rgb(pen->cairo, 0, 0, 0);
}

/* A value typed where another was, which is gone. False: it was not done so. */
static bool draw_retyped(struct pen *pen, enum editing editing, const char *shown, enum font font,
                         double x, double y, enum align align)
{
    if (editing == EDITING_RETYPE)
        draw(pen, shown, font, x, y + RETYPED_LOWER, align);
    else if (editing == EDITING_NUDGE)
        draw(pen, shown, font, x + NUDGED_RIGHT, y, align);
    else if (editing == EDITING_LETTERS)
        draw(pen, shown, FONT_LARGER, x, y, align);
    else
        return false;
    return true;
}

/* A value of the certificate; where the original has another, that one lies below. */
static void draw_claim(struct pen *pen, const struct certificate *c, uint32_t number,
                       enum font font, double x, double y, enum align align)
{
    const char *shown = c->claims[number].shown;
    const char *below = pen->original ? pen->original->claims[number].shown : shown;

    if (strcmp(shown, below) == 0) {
        draw(pen, shown, font, x, y, align);
        return;
    }
    if (draw_retyped(pen, c->editing, shown, font, x, y, align))
        return;
    draw(pen, below, font, x, y, align);
    paint_patch(pen, below, font, x, y, align);
    draw(pen, shown, FONT_PATCH, x, y, align);
}

/* A text that stands in all documents; `text` must be static. */
static void draw_label(struct pen *pen, const char *text, enum font font, double x, double y,
                       enum align align)
{
    struct label *label = NULL;

    for (unsigned i = 0; i < pen->label_count && !label; i++)
        if (pen->labels[i].text == text && pen->labels[i].font == font)
            label = &pen->labels[i];
    if (!label && pen->label_count == LABELS_MAX) {
        draw(pen, text, font, x, y, align);
        return;
    }
    if (!label) {
        label = &pen->labels[pen->label_count++];
        *label = (struct label){text, font, new_layout(pen, font)};
        pango_layout_set_text(label->layout, text, -1);
    }
    draw_layout(pen, label->layout, x, y, align);
}

static void draw_rule(struct pen *pen, double x0, double x1, double y)
{
    cairo_set_line_width(pen->cairo, 0.6);
    cairo_move_to(pen->cairo, x0, y);
    cairo_line_to(pen->cairo, x1, y);
    cairo_stroke(pen->cairo);
}

static void text_of_date(struct buf *out, int32_t minutes)
{
    int year;
    unsigned month, day;

    civil_from_days(minutes / 1440, &year, &month, &day);
    buf_format(out, "%02u/%02u/%04d", day, month, year);
}

static void text_of_month(struct buf *out, const struct certificate *c, uint16_t month)
{
    if (c->template == TEMPLATE_LEFT)
        buf_format(out, "%02u/%04u", month % 12u + 1, month / 12u);
    else
        text_add_month(out, month);
}

static void text_of_amount(struct buf *out, int64_t centimes, bool grouped)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%lld", (long long)(centimes / 100));

    for (int i = 0; i < length; i++) {
        if (grouped && i > 0 && (length - i) % 3 == 0)
            buf_add_byte(out, ' ');
        buf_add_byte(out, digits[i]);
    }
    buf_format(out, ",%02d", (int)(centimes % 100));
}

/* Where the columns of the table stand, and to which side. */
struct grid {
    double x[TEXT_COLUMNS];
    enum align align[TEXT_COLUMNS];
    const char *headers[TEXT_COLUMNS];
};

static const struct grid left_grid = {
    {MARGIN, 120, 205, 425, 538},
    {ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT, ALIGN_RIGHT, ALIGN_RIGHT},
    {"Période", "Affiliation", "Employeur", "Jours", "Salaire déclaré"}};
static const struct grid above_grid = {
    {MARGIN, 130, 210, 440, 538},
    {ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT, ALIGN_RIGHT, ALIGN_RIGHT},
    {"MOIS", "AFFILIE", "RAISON SOCIALE", "NB JOURS", "SALAIRE BRUT"}};

static void draw_left_head(struct pen *pen, const struct certificate *c, struct buf *scratch)
{
    static const char *const arabic[] = {"الاسم الكامل", "رقم التسجيل", "رقم البطاقة الوطنية",
                                         "تاريخ الازدياد", "المدينة"};
    static const char *const labels[] = {
        "Nom et prénom :", "N° d'immatriculation :", "N° CIN :", "Date de naissance :", "Ville :"};

    draw_label(pen, "Caisse modèle de prévoyance sociale", FONT_BOLD, MARGIN, 60, ALIGN_LEFT);
    draw_label(pen, "الصندوق النموذجي للاحتياط الاجتماعي", FONT_ARABIC, 539, 60, ALIGN_RIGHT);
    draw_rule(pen, MARGIN, 539, 70);
    draw_label(pen, "ATTESTATION DE DÉCLARATION DE SALAIRES", FONT_TITLE, PAGE_WIDTH / 2, 104,
               ALIGN_CENTRE);
    draw_label(pen, "شهادة التصريح بالأجور", FONT_ARABIC_TITLE, PAGE_WIDTH / 2, 128, ALIGN_CENTRE);
    draw_label(pen, "Référence :", FONT_PLAIN, MARGIN, 156, ALIGN_LEFT);
    buf_format(scratch, "ADS-%07u", 1000000u + c->number * 3);
    draw(pen, scratch->data, FONT_PLAIN, 125, 156, ALIGN_LEFT);
    draw_label(pen, "Éditée le :", FONT_PLAIN, 390, 156, ALIGN_LEFT);
    buf_empty(scratch);
    text_of_date(scratch, c->issued);
    draw(pen, scratch->data, FONT_PLAIN, 450, 156, ALIGN_LEFT);
    pen->y = 188;
    for (uint32_t i = 0; i < c->slot_count; i++) {
        draw_label(pen, labels[i], FONT_PLAIN, MARGIN, pen->y, ALIGN_LEFT);
        draw_claim(pen, c, i, FONT_BOLD, 190, pen->y, ALIGN_LEFT);
        draw_label(pen, arabic[i], FONT_ARABIC, 539, pen->y, ALIGN_RIGHT);
        if (i == 0) { /* the Arabic name has a line of its own */
            pen->y += 20;
            draw(pen, c->arabic_name, FONT_ARABIC, 430, pen->y, ALIGN_RIGHT);
        }
        pen->y += 20;
    }
    pen->y += 14;
}

static void draw_above_head(struct pen *pen, const struct certificate *c, struct buf *scratch)
{
    static const char *const arabic[] = {"الاسم",   "رقم المؤمن", "تاريخ الميلاد", "البطاقة",
                                         "العنوان", "الهاتف",     "الحساب البنكي", "المدينة"};
    static const double x[2] = {MARGIN, 310};

    draw_label(pen, "CAISSE MODELE", FONT_TITLE, MARGIN, 58, ALIGN_LEFT);
    draw_label(pen, "RELEVE DES SALAIRES DECLARES", FONT_BOLD, MARGIN, 80, ALIGN_LEFT);
    draw_label(pen, "بيان الأجور المصرح بها", FONT_ARABIC_TITLE, 539, 80, ALIGN_RIGHT);
    draw_label(pen, "EDITE LE", FONT_SMALL, 430, 50, ALIGN_LEFT);
    text_of_date(scratch, c->issued);
    draw(pen, scratch->data, FONT_PLAIN, 480, 50, ALIGN_LEFT);
    draw_rule(pen, MARGIN, 539, 92);
    pen->y = 116;
    for (uint32_t i = 0; i < c->slot_count; i++) {
        double at = x[i % 2];

        draw_label(pen, c->columns[i], FONT_SMALL, at, pen->y, ALIGN_LEFT);
        draw_label(pen, arabic[i], FONT_ARABIC, at + 225, pen->y, ALIGN_RIGHT);
        draw_claim(pen, c, i, FONT_PLAIN, at, pen->y + 14, ALIGN_LEFT);
        if (i % 2)
            pen->y += 38;
    }
    draw(pen, c->arabic_name, FONT_ARABIC, 539, pen->y - 8, ALIGN_RIGHT);
    pen->y += 16;
}

static void draw_headers(struct pen *pen, const struct grid *grid)
{
    for (unsigned i = 0; i < TEXT_COLUMNS; i++)
        draw_label(pen, grid->headers[i], FONT_BOLD, grid->x[i], pen->y, grid->align[i]);
    draw_rule(pen, MARGIN, 539, pen->y + 5);
    pen->y += LINE_HEIGHT + 3;
}

static void draw_foot(struct pen *pen, const struct certificate *c, struct buf *scratch)
{
    draw_label(pen, "Code de vérification :", FONT_SMALL, MARGIN, 806, ALIGN_LEFT);
    draw(pen, c->verification, FONT_SMALL, 140, 806, ALIGN_LEFT);
    buf_empty(scratch);
    buf_format(scratch, "Page %u", pen->page);
    draw(pen, scratch->data, FONT_SMALL, 539, 806, ALIGN_RIGHT);
}

static void turn_page(struct pen *pen, const struct certificate *c, const struct grid *grid,
                      struct buf *scratch)
{
    draw_foot(pen, c, scratch);
    cairo_show_page(pen->cairo);
    pen->page++;
    pen->y = 72;
    draw_headers(pen, grid);
}

static void draw_table(struct pen *pen, const struct certificate *c, struct buf *scratch)
{
    const struct grid *grid = c->template == TEMPLATE_LEFT ? &left_grid : &above_grid;

    draw_headers(pen, grid);
    for (uint32_t i = 0; i < c->line_count; i++) {
        uint32_t first = c->slot_count + i * LINE_CELLS;

        if (pen->y > BOTTOM)
            turn_page(pen, c, grid, scratch);
        buf_empty(scratch);
        text_of_month(scratch, c, c->months[i]);
        draw(pen, scratch->data, FONT_PLAIN, grid->x[0], pen->y, grid->align[0]);
        for (unsigned k = 0; k < LINE_CELLS; k++)
            draw_claim(pen, c, first + k, FONT_PLAIN, grid->x[k + 1], pen->y, grid->align[k + 1]);
        pen->y += LINE_HEIGHT;
    }
    if (pen->y > BOTTOM - 30)
        turn_page(pen, c, grid, scratch);
    draw_rule(pen, MARGIN, 539, pen->y - 8);
    pen->y += 6;
    draw_label(pen, "TOTAL", FONT_BOLD, MARGIN, pen->y, ALIGN_LEFT);
    buf_empty(scratch);
    buf_format(scratch, "%u", c->total_days);
    draw(pen, scratch->data, FONT_BOLD, grid->x[3], pen->y, ALIGN_RIGHT);
    buf_empty(scratch);
    text_of_amount(scratch, c->total, c->template == TEMPLATE_LEFT);
    draw(pen, scratch->data, FONT_BOLD, grid->x[4], pen->y, ALIGN_RIGHT);
    pen->y += 30;
}

static void draw_document(struct pen *pen, const struct certificate *c, struct buf *scratch)
{
    pen->page = 1;
    if (c->template == TEMPLATE_LEFT)
        draw_left_head(pen, c, scratch);
    else
        draw_above_head(pen, c, scratch);
    draw_table(pen, c, scratch);
    if (pen->y < BOTTOM)
        draw_label(pen, "Délivrée pour servir et valoir ce que de droit.", FONT_PLAIN, MARGIN,
                   pen->y, ALIGN_LEFT);
    draw_foot(pen, c, scratch);
    cairo_show_page(pen->cairo);
}

static cairo_status_t take_bytes(void *state, const unsigned char *data, unsigned int length)
{
    struct buf *out = state;

    buf_add(out, data, length);
    return out->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

/* Cairo would otherwise write the present time. */
static void set_metadata(cairo_surface_t *surface, const struct certificate *c, struct buf *scratch)
{
    buf_empty(scratch);
    text_add_moment(scratch, c->issued + (c->editing == EDITING_CLOCK ? CLOCK_MINUTES : 0));
    if (c->editing == EDITING_CLOCK) {
        scratch->length--; /* the Z */
        buf_add_text(scratch, CLOCK_OFFSET);
    }
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   scratch->data ? scratch->data : "");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Etats 4.2");
    buf_empty(scratch);
}

int pen_draw(struct pen *pen, const struct certificate *certificate,
             const struct certificate *original, struct buf *out, struct tq_error *err)
{
    struct buf scratch = {0};
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(take_bytes, out, PAGE_WIDTH, PAGE_HEIGHT);

    buf_add_byte(&scratch, ' '); /* so that its data is never NULL */
    set_metadata(surface, certificate, &scratch);
    pen->cairo = cairo_create(surface);
    pen->original = original;
    if (!scratch.failed)
        draw_document(pen, certificate, &scratch);
    cairo_destroy(pen->cairo);
    pen->cairo = NULL;
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);

    cairo_surface_destroy(surface);
    int failed = scratch.failed ? scratch.failed : out->failed;

    buf_clear(&scratch);
    if (failed)
        return tq_no_memory(err);
    if (status != CAIRO_STATUS_SUCCESS)
        return tq_fail(err, TQ_E_IO, "could not draw a document: %s",
                       cairo_status_to_string(status));
    return TQ_OK;
}
