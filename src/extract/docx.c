/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Documents and presentations of Office Open XML: DOCX, DOCM, PPTX and kin. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "extract/office.h"

#define SLIDES_MAX 65536u

int docx_read(struct office *office, size_t main, struct tq_error *err)
{
    static const char *const others[] = {"header", "footer", "footnotes", "endnotes", "comments"};
    int r = office_read_text(office, main, err);

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && r == TQ_OK; i++)
        r = office_read_texts(office, others[i], err);
    return r;
}

/* ---- presentations ---- */

struct slide_list {
    struct arena arena;
    struct slice *ids; /* count, in the order in which they are shown */
    size_t count, capacity;
};

static int slide_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct slide_list *list = state;
    const char *id = NULL;
    char *copy;
    int r;

    if (strcmp(name, "sldId") != 0 || list->count >= SLIDES_MAX)
        return TQ_OK;
    for (const char **at = attributes; *at; at += 2) { /* "id" is a number, "r:id" the relation */
        if (strchr(at[0], ':') && strcmp(strchr(at[0], ':'), ":id") == 0)
            id = at[1];
    }
    if (!id)
        return TQ_OK;
    r = alloc_reserve(&list->ids, &list->capacity, list->count + 1, sizeof(*list->ids), err);
    if (r < 0)
        return r;
    copy = arena_text(&list->arena, slice_of(id));
    if (!copy)
        return tq_no_memory(err);
    list->ids[list->count++] = slice_of(copy);
    return TQ_OK;
}

static int slide_end(void *state, const char *name, struct tq_error *err)
{
    (void)state;
    (void)name;
    (void)err;
    return TQ_OK;
}

static int slide_text(void *state, struct slice text, struct tq_error *err)
{
    (void)state;
    (void)text;
    (void)err;
    return TQ_OK;
}

/* A slide is a page; what the speaker wrote below it is the next. */
static int read_slide(struct office *office, size_t part, struct tq_error *err)
{
    struct relations relations;
    const struct relation *notes;
    size_t notes_part;
    int r = office_read_text(office, part, err);

    if (r == TQ_OK)
        r = document_text_end_page(&office->text, err);
    if (r < 0)
        return r;
    r = relations_read(&office->package, office->package.names[part], &relations, err);
    notes = relations_of_kind(&relations, "notesSlide");
    notes_part = notes ? package_find(&office->package, notes->target) : PART_NONE;
    if (r == TQ_OK && notes_part != PART_NONE && !office->package.taken[notes_part])
        r = office_read_text(office, notes_part, err);
    relations_clear(&relations);
    return r < 0 ? r : document_text_end_page(&office->text, err);
}

static int read_slides(struct office *office, const struct slide_list *list, size_t main,
                       struct tq_error *err)
{
    struct relations relations;
    int r = relations_read(&office->package, office->package.names[main], &relations, err);

    for (size_t i = 0; i < list->count && r == TQ_OK; i++) {
        const struct relation *relation = relations_of_id(&relations, list->ids[i]);
        size_t part = relation ? package_find(&office->package, relation->target) : PART_NONE;

        if (part != PART_NONE && !office->package.taken[part])
            r = read_slide(office, part, err);
    }
    relations_clear(&relations);
    return r;
}

int pptx_read(struct office *office, size_t main, struct tq_error *err)
{
    struct slide_list list = {0};
    const struct xml_visitor visitor = {&list, slide_begin, slide_end, slide_text};
    int r = part_read_xml(&office->package, main, &visitor, err);

    if (r == TQ_OK)
        r = read_slides(office, &list, main, err);
    arena_clear(&list.arena);
    free(list.ids);
    if (r == TQ_OK) /* slides that the presentation does not list */
        r = office_read_texts(office, "slide", err);
    if (r == TQ_OK)
        r = office_read_texts(office, "notesSlide", err);
    return r < 0 ? r : office_read_texts(office, "comment", err);
}
