/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/document_signs.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/moment.h"
#include "model/word_style.h"
#include "register/local_time.h"
#include "verdict/document_habits.h"
#include "verdict/sign_search.h"

#define PAGE_POINTS 1.5 /* two pages of one paper differ by less */

DEFINE_CLEANUP(struct local_time *, local_time_free)

/* ---- the document by itself ---- */

static void find_updates(struct sign_search *search)
{
    const struct document_facts *document = search->document;
    const struct document_structure *structure = &document->structure;
    bool is_lawful = structure->is_signed || structure->is_form, changed = false;
    struct saying whole = {.form = is_lawful ? DETAIL_REVISIONS_LAWFUL : DETAIL_REVISIONS};

    for (uint32_t i = 0; i < document->edit_count; i++) {
        const struct document_edit *edit = &document->edits[i];
        struct saying saying = {.form = is_lawful ? DETAIL_REVISION_LAWFUL : DETAIL_REVISION};

        if (edit->kind != EDIT_UPDATED)
            continue;
        changed = true;
        saying_add_number(&saying, edit->revision);
        saying_add_number(&saying, structure->revisions);
        sign_search_add_edit(search, DOCUMENT_UPDATED, is_lawful ? WEIGHT_MEDIUM : WEIGHT_STRONG,
                             edit, &saying);
    }
    if (changed || structure->revisions < 2
        || document_habit_is_common(search->habits, search->habits->updated))
        return;
    saying_add_number(&whole, structure->revisions);
    sign_search_add(search, DOCUMENT_APPENDED, is_lawful ? WEIGHT_WEAK : WEIGHT_MEDIUM, &whole);
}

static bool has_template(const struct sign_search *search)
{
    return search->habits->count >= DOCUMENT_TEMPLATE_LEAST;
}

/* What a quarter to a half of any PDF documents have is medium only where others of its template
 * have it not (docs/documents.md). */
static enum document_weight medium_in_template(const struct sign_search *search)
{
    return has_template(search) ? WEIGHT_MEDIUM : WEIGHT_WEAK;
}

static bool is_one_character(struct slice text)
{
    size_t characters = 0;

    for (size_t i = 0; i < text.length; i++)
        characters += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return characters < 2;
}

/* Accents, formulas and drawings lay single characters on one another, and a design may have text
 * on text: then all documents of its template have. */
static enum document_weight weight_of_overwritten(const struct sign_search *search,
                                                  const struct document_edit *edit)
{
    if (has_template(search))
        return document_habit_is_common(search->habits, search->habits->overwritten)
                   ? WEIGHT_WEAK
                   : WEIGHT_STRONG;
    return is_one_character(edit->before) || is_one_character(edit->after) ? WEIGHT_WEAK
                                                                           : WEIGHT_MEDIUM;
}

/* Whether the place of the text tells the same, and beside how many. */
static bool is_departure(const struct document_facts *document, const struct document_edit *edit)
{
    for (uint32_t i = 0; i < document->departure_count; i++) {
        const struct departure *departure = &document->departures[i];

        if (departure->style == WORD_STYLE_MIXED && departure->page == edit->page
            && slice_equal(departure->text, edit->after))
            return true;
    }
    return false;
}

/* A number in several fonts: in one document of a template it was typed over; where there is no
 * template to tell, a designer may have meant it. */
static void find_mixed(struct sign_search *search, const struct document_edit *edit)
{
    const struct document_habits *habits = search->habits;
    bool is_rare = document_habit_is_rare(habits, habits->mixed);
    struct saying saying = {.form = DETAIL_STYLE_MIXED};

    if (is_departure(search->document, edit))
        return;
    if (is_rare || !has_template(search))
        sign_search_add_edit(search, DOCUMENT_STYLE, is_rare ? WEIGHT_MEDIUM : WEIGHT_WEAK, edit,
                             &saying);
}

/* Off its line: in a template that has it so, or without one to tell, it is its design. */
static void find_edit(struct sign_search *search, const struct document_edit *edit)
{
    static const struct saying nothing = {.form = DETAIL_NONE};

    switch (edit->kind) {
    case EDIT_COVERED:
        sign_search_add_edit(search, DOCUMENT_COVERED, WEIGHT_STRONG, edit, &nothing);
        break;
    case EDIT_OVERWRITTEN:
        sign_search_add_edit(search, DOCUMENT_OVERWRITTEN, weight_of_overwritten(search, edit),
                             edit, &nothing);
        break;
    case EDIT_OFF_LINE:
        if (document_habit_is_rare(search->habits, search->habits->off_line))
            sign_search_add_edit(search, DOCUMENT_OFF_GRID, WEIGHT_MEDIUM, edit, &nothing);
        break;
    case EDIT_MIXED:
        find_mixed(search, edit);
        break;
    default: /* an update: told with the others of its revision */
        break;
    }
}

static void find_edits(struct sign_search *search)
{
    for (uint32_t i = 0; i < search->document->edit_count; i++)
        find_edit(search, &search->document->edits[i]);
}

static void find_changed_id(struct sign_search *search)
{
    const struct document_structure *structure = &search->document->structure;
    struct saying saying = {.form = DETAIL_IDS};

    if (!document_id_is_changed(search->document)
        || document_habit_is_common(search->habits, search->habits->id_changed))
        return;
    saying_add_text(&saying, slice_of(structure->id[0]));
    saying_add_text(&saying, slice_of(structure->id[1]));
    sign_search_add(search, DOCUMENT_ID_CHANGED, medium_in_template(search), &saying);
}

static void find_modified(struct sign_search *search)
{
    const struct document_facts *document = search->document;
    struct saying saying = {.form = DETAIL_DATES};

    if (!document_is_modified(document)
        || document_habit_is_common(search->habits, search->habits->modified))
        return;
    saying_add_text(&saying, document->created);
    saying_add_text(&saying, document->modified);
    sign_search_add(search, DOCUMENT_MODIFIED, medium_in_template(search), &saying);
}

/* ---- the program ---- */

static bool holds(struct slice text, const char *part)
{
    size_t length = strlen(part);

    for (size_t i = 0; i + length <= text.length; i++) {
        if (strncasecmp(text.data + i, part, length) == 0)
            return true;
    }
    return false;
}

/* Programs with which documents are changed, or drawn anew, by hand. Names as they write them. */
static const char *find_editor(struct slice program)
{
    static const char *const editors[] = {"iLovePDF",
                                          "Smallpdf",
                                          "Sejda",
                                          "PDFescape",
                                          "PDF24",
                                          "Foxit",
                                          "Nitro",
                                          "Canva",
                                          "PDF-XChange",
                                          "PDFelement",
                                          "Wondershare",
                                          "DocHub",
                                          "Photoshop",
                                          "Illustrator",
                                          "Inkscape",
                                          "LibreOffice Draw",
                                          "Print To PDF",
                                          "PDFfiller",
                                          "Soda PDF",
                                          "Infix",
                                          "PDFium",
                                          "Skia/PDF",
                                          "Quartz PDFContext",
                                          "GIMP"};

    for (size_t i = 0; i < sizeof(editors) / sizeof(editors[0]); i++) {
        if (holds(program, editors[i]))
            return editors[i];
    }
    return NULL;
}

static void find_program(struct sign_search *search, struct slice program, struct slice usual,
                         size_t usual_count, bool is_producer)
{
    bool is_usual = slice_equal(program, usual);
    struct saying other = {.form = is_producer ? DETAIL_OTHER_PRODUCER : DETAIL_OTHER_CREATOR};
    struct saying alone = {.form = is_producer ? DETAIL_PRODUCER : DETAIL_CREATOR};

    if (is_usual && search->habits->count >= DOCUMENT_TEMPLATE_LEAST)
        return;
    if (document_habit_is_usual(search->habits, usual_count, search->habits->count)) {
        saying_add_text(&other, program);
        saying_add_number(&other, usual_count);
        saying_add_number(&other, search->habits->count);
        saying_add_text(&other, usual);
        sign_search_add(search, DOCUMENT_PRODUCER, WEIGHT_STRONG, &other);
    }
    if (find_editor(program)) {
        saying_add_text(&alone, program);
        sign_search_add(search, DOCUMENT_EDITOR, WEIGHT_MEDIUM, &alone);
    }
}

/* ---- the offset of its clock ---- */

static void format_offset(int32_t offset, char out[16])
{
    int32_t size = offset < 0 ? -offset : offset;

    (void)snprintf(out, 16, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(size / 60 % 100),
                   (int)(size % 60));
}

static void find_offset(struct sign_search *search)
{
    const struct document_habits *habits = search->habits;
    char shown[16], right[16], usual[16];
    struct saying saying = {.form = DETAIL_OFFSET};
    struct document_date date;
    int32_t zone;
    bool is_habit, is_lawful;

    if (!document_date_parse(search->document->created, &date) || !date.has_offset
        || !local_time_offset(search->zone, date.minutes, &zone))
        return;
    is_lawful = date.offset == zone;
    is_habit =
        date.offset == habits->offset && document_habit_is_common(habits, habits->offset_count);
    if (is_habit
        || (is_lawful
            && !document_habit_is_usual(habits, habits->offset_count, habits->dated_count)))
        return;
    format_offset(date.offset, shown);
    format_offset(zone, right);
    format_offset(habits->offset, usual);
    saying_add_text(&saying, slice_of(shown));
    if (is_lawful) {
        saying.form = DETAIL_OFFSET_OF_ZONE;
        saying_add_number(&saying, habits->offset_count);
        saying_add_number(&saying, habits->dated_count);
    }
    saying_add_text(&saying, slice_of(is_lawful ? usual : right));
    sign_search_add(search, DOCUMENT_TIME_OFFSET,
                    is_lawful ? WEIGHT_WEAK : medium_in_template(search), &saying);
}

/* ---- beside its template ---- */

static void tell_font(struct sign_search *search, const struct document_font *font,
                      const struct font_habit *habit)
{
    struct saying saying = {.form = DETAIL_FONT};

    if (document_habit_is_rare(search->habits, habit->documents)) {
        saying_add_text(&saying, slice_of(font->name));
        saying_add_number(&saying, habit->documents);
        saying_add_number(&saying, search->habits->count);
        sign_search_add(search, DOCUMENT_FONT, WEIGHT_MEDIUM, &saying);
    } else if (font->subsets > 1 && document_habit_is_rare(search->habits, habit->twice)) {
        saying.form = DETAIL_SUBSETS;
        saying_add_text(&saying, slice_of(font->name));
        saying_add_number(&saying, font->subsets);
        saying_add_number(&saying, habit->twice);
        saying_add_number(&saying, search->habits->count);
        sign_search_add(search, DOCUMENT_SUBSETS, WEIGHT_MEDIUM, &saying);
    }
}

static void find_fonts(struct sign_search *search)
{
    const struct document_structure *structure = &search->document->structure;

    for (uint32_t i = 0; i < structure->font_count; i++) {
        const struct font_habit *habit =
            document_habit_of_font(search->habits, structure->fonts[i].name);

        if (habit)
            tell_font(search, &structure->fonts[i], habit);
    }
}

static double difference(double a, double b)
{
    return a < b ? b - a : a - b;
}

static void find_page_size(struct sign_search *search)
{
    const struct document_habits *habits = search->habits;
    const struct document_structure *structure = &search->document->structure;
    struct saying saying = {.form = DETAIL_PAGE_SIZE};

    if (structure->width <= 0
        || !document_habit_is_usual(habits, habits->page_count, habits->sized_count)
        || (difference(structure->width, habits->width) < PAGE_POINTS
            && difference(structure->height, habits->height) < PAGE_POINTS))
        return;
    saying_add_points(&saying, structure->width, 0);
    saying_add_points(&saying, structure->height, 0);
    saying_add_number(&saying, habits->page_count);
    saying_add_number(&saying, habits->sized_count);
    saying_add_points(&saying, habits->width, 0);
    saying_add_points(&saying, habits->height, 0);
    sign_search_add(search, DOCUMENT_PAGE_SIZE, WEIGHT_MEDIUM, &saying);
}

static int find_signs(struct sign_search *search)
{
    const struct document_facts *document = search->document;
    const struct document_habits *habits = search->habits;

    find_updates(search);
    find_edits(search);
    document_departures_find(search);
    document_metadata_find(search);
    find_changed_id(search);
    find_modified(search);
    find_program(search, document->producer, habits->producer, habits->producer_count, true);
    find_program(search, document->creator, habits->creator, habits->creator_count, false);
    find_offset(search);
    find_fonts(search);
    find_page_size(search);
    return search->status;
}

/* ---- template by template ---- */

static int order_by_layout(const void *a, const void *b)
{
    const struct document_facts *const *first = a, *const *second = b;

    if ((*first)->layout != (*second)->layout)
        return (*first)->layout < (*second)->layout ? -1 : 1;
    return ((*first)->exhibit > (*second)->exhibit) - ((*first)->exhibit < (*second)->exhibit);
}

static int order_by_exhibit(const void *a, const void *b)
{
    const struct document_sign_row *first = a, *second = b;

    if (first->exhibit != second->exhibit)
        return first->exhibit < second->exhibit ? -1 : 1;
    if (first->sign != second->sign)
        return first->sign < second->sign ? -1 : 1;
    if (first->page != second->page)
        return first->page < second->page ? -1 : 1;
    return slice_compare(first->before, second->before);
}

static int judge_template(const struct document_facts *const *documents, size_t count,
                          struct sign_search *search)
{
    struct document_habits habits = {0};
    int r = TQ_OK;

    if (documents[0]->layout != 0)
        r = document_habits_learn(documents, count, &habits, search->err);
    search->habits = &habits;
    for (size_t i = 0; i < count && r == TQ_OK; i++) {
        search->document = documents[i];
        r = find_signs(search);
    }
    document_habits_clear(&habits);
    return r;
}

int document_signs_find(const struct document_facts *documents, size_t count, const char *timezone,
                        struct document_signs *signs, struct tq_error *err)
{
    CLEANUP(local_time_free_cleanup) struct local_time *zone = NULL;
    CLEANUP(free_cleanup)
    const struct document_facts **sorted = alloc_zeroed(count + 1, sizeof(*sorted));
    struct sign_search search = {.signs = signs, .err = err};
    int r = sorted ? local_time_new(timezone, &zone, err) : tq_no_memory(err);

    search.zone = zone;
    for (size_t i = 0; i < count && r == TQ_OK; i++)
        sorted[i] = &documents[i];
    if (r == TQ_OK && count > 0)
        qsort(sorted, count, sizeof(*sorted), order_by_layout);
    for (size_t i = 0, end; i < count && r == TQ_OK; i = end) {
        for (end = i + 1; end < count && sorted[end]->layout == sorted[i]->layout;)
            end++;
        r = judge_template(&sorted[i], end - i, &search);
    }
    if (r == TQ_OK && signs->count > 0)
        qsort(signs->items, signs->count, sizeof(*signs->items), order_by_exhibit);
    return r;
}

void document_signs_clear(struct document_signs *signs)
{
    free(signs->items);
    arena_clear(&signs->details);
    *signs = (struct document_signs){0};
}
