/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Values that stand, or are written, otherwise than at the same place of the others. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/word_style.h"
#include "verdict/sign_search.h"

/* "DejaVuSans 9.0", as far as the font is one that the document names. */
static void name_style(const struct document_structure *structure, uint32_t style, struct buf *out)
{
    for (uint32_t i = 0; i < structure->font_count; i++) {
        uint32_t font = word_style_font(slice_of(structure->fonts[i].name), 0);

        if (!word_style_same_font(style, word_style_make(font, 1)))
            continue;
        buf_format(out, "%s ", structure->fonts[i].name);
        break;
    }
    buf_format(out, "%.1f", word_style_size(style));
}

static bool has_digit(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9')
            return true;
    }
    return false;
}

/* A long name may be shrunk to fit into its place. */
static bool is_only_smaller(const struct departure *departure)
{
    return word_style_same_font(departure->style, departure->usual)
           && word_style_size(departure->style) < word_style_size(departure->usual)
           && !has_digit(departure->text);
}

static void tell_style(struct sign_search *search, const struct departure *departure,
                       const struct document_edit *edit)
{
    CLEANUP(buf_clear_cleanup) struct buf style = {0};
    CLEANUP(buf_clear_cleanup) struct buf usual = {0};
    struct saying saying = {.form = DETAIL_STYLE};
    bool is_smaller = is_only_smaller(departure);

    name_style(&search->document->structure, departure->style, &style);
    name_style(&search->document->structure, departure->usual, &usual);
    if (departure->style == WORD_STYLE_MIXED) {
        saying.form = DETAIL_STYLE_MIXED_USUALLY_NOT;
    } else if (word_style_same_font(departure->style, departure->usual)
               && word_style_same_size(departure->style, departure->usual)) {
        saying.form = DETAIL_SUBSET_OF_VALUE;
        saying_add_text(&saying, buf_slice(&usual));
    } else {
        saying_add_text(&saying, buf_slice(&style));
        saying_add_text(&saying, buf_slice(&usual));
    }
    saying_add_number(&saying, departure->alike);
    saying_add_number(&saying, departure->of);
    sign_search_add_edit(search, DOCUMENT_STYLE, is_smaller ? WEIGHT_WEAK : WEIGHT_MEDIUM, edit,
                         &saying);
}

static void tell_place(struct sign_search *search, const struct departure *departure,
                       const struct document_edit *edit)
{
    bool is_more = departure->points > 0;
    struct saying saying = {.form = is_more ? DETAIL_TO_RIGHT : DETAIL_TO_LEFT};

    if (departure->kind == DEPARTURE_DOWN)
        saying.form = is_more ? DETAIL_LOWER : DETAIL_HIGHER;
    saying_add_points(&saying, fabs((double)departure->points), 1);
    saying_add_number(&saying, departure->alike);
    saying_add_number(&saying, departure->of);
    sign_search_add_edit(search, DOCUMENT_OFF_GRID, WEIGHT_MEDIUM, edit, &saying);
}

/* Whether the reader told it already, beside the words of its line. */
static bool is_told(const struct document_facts *document, const struct departure *departure)
{
    for (uint32_t i = 0; i < document->edit_count; i++) {
        const struct document_edit *edit = &document->edits[i];

        if (edit->kind == EDIT_OFF_LINE && edit->page == departure->page
            && slice_equal(edit->after, departure->text))
            return true;
    }
    return false;
}

void document_departures_find(struct sign_search *search)
{
    const struct document_facts *document = search->document;

    for (uint32_t i = 0; i < document->departure_count; i++) {
        const struct departure *departure = &document->departures[i];
        struct document_edit edit = {
            .page = departure->page, .before = SLICE_LITERAL(""), .after = departure->text};

        if (departure->kind == DEPARTURE_STYLE)
            tell_style(search, departure, &edit);
        else if (departure->kind != DEPARTURE_DOWN || !is_told(document, departure))
            tell_place(search, departure, &edit);
    }
}
