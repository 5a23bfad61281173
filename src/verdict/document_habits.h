/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_DOCUMENT_HABITS_H
#define VERDICT_DOCUMENT_HABITS_H

#include "verdict/document_signs.h"

/*
 * What is usual among the documents of one template. Whatever half of them do is a habit, and no
 * sign in one of them; what nine tenths have alike makes the one that has it otherwise the odd one
 * out.
 */
struct document_habits {
    size_t count; /* of documents; below DOCUMENT_TEMPLATE_LEAST nothing else is to be used */
    struct slice producer, creator; /* the commonest; borrowed */
    size_t producer_count, creator_count;
    int32_t offset; /* the commonest of dates of creation, minutes east */
    size_t offset_count, dated_count;
    double width, height; /* the commonest page */
    size_t page_count, sized_count;
    /* documents that are, or have text that is */
    size_t updated, id_changed, modified, off_line, overwritten, mixed, disagreeing;
    struct font_habit {
        const char *name; /* borrowed */
        size_t documents;
        size_t twice; /* that have it in several subsets */
    } * fonts;        /* by name; owned */
    size_t font_count;
};

/* `documents`: those of one template. */
int document_habits_learn(const struct document_facts *const *documents, size_t count,
                          struct document_habits *out_habits, struct tq_error *err) MUST_CHECK;
void document_habits_clear(struct document_habits *habits);

/* Whether so many of the documents are a habit, and whether they are nearly all. */
bool document_habit_is_common(const struct document_habits *habits, size_t documents);
bool document_habit_is_usual(const struct document_habits *habits, size_t documents, size_t of);
/* Whether so few that one of them is the odd one out. */
bool document_habit_is_rare(const struct document_habits *habits, size_t documents);

/* The habit of a font; NULL if none of the documents has it. */
const struct font_habit *document_habit_of_font(const struct document_habits *habits,
                                                const char *name);

/* By its own words changed after it was made, by more than a program takes to write it. */
bool document_is_modified(const struct document_facts *document);
bool document_has_edit(const struct document_facts *document, enum document_edit_kind kind);
bool document_id_is_changed(const struct document_facts *document);

#endif
