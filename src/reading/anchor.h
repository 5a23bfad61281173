/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_ANCHOR_H
#define READING_ANCHOR_H

#include "reading/sample.h"
#include "register/view.h"

/* A column under an interpretation that seems to hold values of a field. */
struct pair {
    uint16_t column;
    uint16_t field;
    enum interpretation as;
    const struct field *of; /* number `field`; borrowed */
    struct view *view;      /* AS_MASKED: keys are those of this view; NULL: the field's. owned */
    uint32_t order;         /* among those of its column */
    const uint64_t *prints; /* of the sample's column; borrowed */
    uint32_t *keys;         /* row_count key numbers, KEY_NONE: not in the field */
    uint32_t hits;          /* cells whose key is in the field */
    double reliability;     /* m: how often it names the subject that the other columns name */
    uint32_t tested, agreed;
};

/*
 * Rows of a sample linked to subjects of one kind by co-agreement, without any reading
 * (algorithms.md 1.2): at least two columns must name the same subject, and a column's reliability
 * is measured only on rows that are linked without it.
 */
struct anchor {
    const struct sample *sample;
    uint8_t kind;
    struct pair *pairs; /* rising by column */
    size_t pair_count, pair_capacity;
    uint32_t *subject; /* row_count; SUBJECT_NONE: not linked */
    bool *sturdy;      /* row_count; linked rows only: even without its best column */
    uint32_t linked;
    struct arena arena;
};

/* *out_anchor is owned by the caller; anchor_clear(). `sample` is borrowed. */
int anchor_find(const struct sample *sample, uint8_t kind, struct anchor *out_anchor,
                struct tq_error *err) MUST_CHECK;
void anchor_clear(struct anchor *anchor);

/* Whether the row would name its subject clearly even without this column. */
bool anchor_holds_without(const struct anchor *anchor, uint32_t row, uint32_t column);

/* Whether the other columns name this subject at all, as one value of one holder does. */
bool anchor_names_without(const struct anchor *anchor, uint32_t row, uint32_t column);

/* Whether the subject holds this key of a direct field at any time. */
static inline bool field_has(const struct field *field, uint32_t subject, uint32_t key)
{
    for (uint64_t i = field->fact_start[subject]; i < field->fact_start[subject + 1]; i++) {
        if (field->fact_key[i] == key)
            return true;
    }
    return false;
}

#endif
