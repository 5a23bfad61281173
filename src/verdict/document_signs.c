/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/document_signs.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/moment.h"
#include "register/local_time.h"
#include "verdict/document_habits.h"

#define PAGE_POINTS   1.5 /* two pages of one paper differ by less */
#define DETAIL_BYTES  400
#define PROGRAM_BYTES 100 /* of a producer's name, in a detail */
#define SERVER_OFFSET 0   /* many servers run in UTC whatever their zone */

DEFINE_CLEANUP(struct local_time *, local_time_free)

struct search {
    struct local_time *zone;
    struct document_signs *signs;
    const struct document_facts *document;
    const struct document_habits *habits;
    int status; /* TQ_OK, or the first failure */
    struct tq_error *err;
};

/* ---- adding ---- */

static void add_edit(struct search *search, enum document_sign sign, enum document_weight weight,
                     const struct document_edit *edit, const char *detail)
{
    struct document_signs *signs = search->signs;
    char *kept = arena_text(&signs->details, slice_of(detail));

    if (search->status == TQ_OK && !kept)
        search->status = tq_no_memory(search->err);
    if (search->status == TQ_OK)
        search->status = alloc_reserve(&signs->items, &signs->capacity, signs->count + 1,
                                       sizeof(*signs->items), search->err);
    if (search->status < 0)
        return;
    signs->items[signs->count++] = (struct document_sign_row){.exhibit = search->document->exhibit,
                                                              .table = search->document->layout,
                                                              .sign = sign,
                                                              .weight = weight,
                                                              .page = edit->page,
                                                              .before = edit->before,
                                                              .after = edit->after,
                                                              .detail = slice_of(kept)};
}

static void add(struct search *search, enum document_sign sign, enum document_weight weight,
                const char *detail)
{
    const struct document_edit none = {.before = SLICE_LITERAL(""), .after = SLICE_LITERAL("")};

    add_edit(search, sign, weight, &none, detail);
}

/* ---- the document by itself ---- */

static void find_updates(struct search *search)
{
    const struct document_facts *document = search->document;
    const struct document_structure *structure = &document->structure;
    bool is_lawful = structure->is_signed || structure->is_form, changed = false;
    char detail[DETAIL_BYTES];

    for (uint32_t i = 0; i < document->edit_count; i++) {
        const struct document_edit *edit = &document->edits[i];

        if (edit->kind != EDIT_UPDATED)
            continue;
        changed = true;
        (void)snprintf(detail, sizeof(detail), "revision %u of %u%s", edit->revision,
                       structure->revisions, is_lawful ? "; signed, or a form" : "");
        add_edit(search, DOCUMENT_UPDATED, is_lawful ? WEIGHT_MEDIUM : WEIGHT_STRONG, edit, detail);
    }
    if (changed || structure->revisions < 2
        || document_habit_is_common(search->habits, search->habits->updated))
        return;
    (void)snprintf(detail, sizeof(detail), "%u revisions%s", structure->revisions,
                   is_lawful ? "; signed, or a form" : "");
    add(search, DOCUMENT_APPENDED, is_lawful ? WEIGHT_WEAK : WEIGHT_MEDIUM, detail);
}

static void find_edits(struct search *search)
{
    static const struct {
        enum document_sign sign;
        enum document_weight weight;
    } meanings[EDIT_KIND_COUNT] = {
        [EDIT_COVERED] = {DOCUMENT_COVERED, WEIGHT_STRONG},
        [EDIT_OVERWRITTEN] = {DOCUMENT_OVERWRITTEN, WEIGHT_STRONG},
        [EDIT_OFF_LINE] = {DOCUMENT_OFF_GRID, WEIGHT_MEDIUM},
    };

    for (uint32_t i = 0; i < search->document->edit_count; i++) {
        const struct document_edit *edit = &search->document->edits[i];

        if (edit->kind == EDIT_OFF_LINE
            && !document_habit_is_rare(search->habits, search->habits->off_line))
            continue; /* the template has it so, or there is none to tell */
        if (edit->kind != EDIT_UPDATED)
            add_edit(search, meanings[edit->kind].sign, meanings[edit->kind].weight, edit, "");
    }
}

static void find_changed_id(struct search *search)
{
    const struct document_structure *structure = &search->document->structure;
    char detail[DETAIL_BYTES];

    if (!document_id_is_changed(search->document)
        || document_habit_is_common(search->habits, search->habits->id_changed))
        return;
    (void)snprintf(detail, sizeof(detail), "%s, then %s", structure->id[0], structure->id[1]);
    add(search, DOCUMENT_ID_CHANGED, WEIGHT_MEDIUM, detail);
}

static int length_of(struct slice text, size_t most)
{
    return (int)(text.length < most ? text.length : most);
}

static void find_modified(struct search *search)
{
    const struct document_facts *document = search->document;
    char detail[DETAIL_BYTES];

    if (!document_is_modified(document)
        || document_habit_is_common(search->habits, search->habits->modified))
        return;
    (void)snprintf(detail, sizeof(detail), "made %.*s, modified %.*s",
                   length_of(document->created, 40), document->created.data,
                   length_of(document->modified, 40), document->modified.data);
    add(search, DOCUMENT_MODIFIED, WEIGHT_MEDIUM, detail);
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

static void find_program(struct search *search, struct slice program, struct slice usual,
                         size_t usual_count, const char *what)
{
    bool is_usual = slice_equal(program, usual);
    const char *editor = find_editor(program);
    char detail[DETAIL_BYTES];

    if (is_usual && search->habits->count >= DOCUMENT_TEMPLATE_LEAST)
        return;
    if (document_habit_is_usual(search->habits, usual_count, search->habits->count)) {
        (void)snprintf(detail, sizeof(detail), "%s '%.*s'; %zu of %zu have '%.*s'", what,
                       length_of(program, PROGRAM_BYTES), program.data ? program.data : "",
                       usual_count, search->habits->count, length_of(usual, PROGRAM_BYTES),
                       usual.data ? usual.data : "");
        add(search, DOCUMENT_PRODUCER, WEIGHT_STRONG, detail);
    }
    if (editor) {
        (void)snprintf(detail, sizeof(detail), "%s '%.*s'", what, length_of(program, PROGRAM_BYTES),
                       program.data);
        add(search, DOCUMENT_EDITOR, WEIGHT_MEDIUM, detail);
    }
}

/* ---- the offset of its clock ---- */

static void format_offset(int32_t offset, char out[16])
{
    int32_t size = offset < 0 ? -offset : offset;

    (void)snprintf(out, 16, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(size / 60 % 100),
                   (int)(size % 60));
}

static void find_offset(struct search *search)
{
    const struct document_habits *habits = search->habits;
    char shown[16], right[16], usual[16], detail[DETAIL_BYTES];
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
    if (is_lawful)
        (void)snprintf(detail, sizeof(detail),
                       "made at offset %s, as its zone had; %zu of %zu "
                       "have %s",
                       shown, habits->offset_count, habits->dated_count, usual);
    else
        (void)snprintf(detail, sizeof(detail), "made at offset %s; the zone had %s", shown, right);
    add(search, DOCUMENT_TIME_OFFSET,
        is_lawful || (date.offset == SERVER_OFFSET && habits->count < DOCUMENT_TEMPLATE_LEAST)
            ? WEIGHT_WEAK
            : WEIGHT_MEDIUM,
        detail);
}

/* ---- beside its template ---- */

static void find_fonts(struct search *search)
{
    const struct document_structure *structure = &search->document->structure;
    char detail[DETAIL_BYTES];

    for (uint32_t i = 0; i < structure->font_count; i++) {
        const struct document_font *font = &structure->fonts[i];
        const struct font_habit *habit = document_habit_of_font(search->habits, font->name);

        if (!habit)
            continue;
        if (document_habit_is_rare(search->habits, habit->documents)) {
            (void)snprintf(detail, sizeof(detail), "'%s', in %zu of %zu", font->name,
                           habit->documents, search->habits->count);
            add(search, DOCUMENT_FONT, WEIGHT_MEDIUM, detail);
        } else if (font->subsets > 1 && document_habit_is_rare(search->habits, habit->twice)) {
            (void)snprintf(detail, sizeof(detail), "'%s' in %u subsets, as %zu of %zu have it",
                           font->name, font->subsets, habit->twice, search->habits->count);
            add(search, DOCUMENT_SUBSETS, WEIGHT_MEDIUM, detail);
        }
    }
}

static double difference(double a, double b)
{
    return a < b ? b - a : a - b;
}

static void find_page_size(struct search *search)
{
    const struct document_habits *habits = search->habits;
    const struct document_structure *structure = &search->document->structure;
    char detail[DETAIL_BYTES];

    if (structure->width <= 0
        || !document_habit_is_usual(habits, habits->page_count, habits->sized_count)
        || (difference(structure->width, habits->width) < PAGE_POINTS
            && difference(structure->height, habits->height) < PAGE_POINTS))
        return;
    (void)snprintf(detail, sizeof(detail), "%.0f x %.0f points; %zu of %zu have %.0f x %.0f",
                   structure->width, structure->height, habits->page_count, habits->sized_count,
                   habits->width, habits->height);
    add(search, DOCUMENT_PAGE_SIZE, WEIGHT_MEDIUM, detail);
}

static int find_signs(struct search *search)
{
    const struct document_facts *document = search->document;
    const struct document_habits *habits = search->habits;

    find_updates(search);
    find_edits(search);
    find_changed_id(search);
    find_modified(search);
    find_program(search, document->producer, habits->producer, habits->producer_count, "producer");
    find_program(search, document->creator, habits->creator, habits->creator_count, "creator");
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
                          struct search *search)
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
    struct search search = {.signs = signs, .err = err};
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
