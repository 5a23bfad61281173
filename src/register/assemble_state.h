/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_ASSEMBLE_STATE_H
#define REGISTER_ASSEMBLE_STATE_H

#include "base/arena.h"
#include "base/limits.h"
#include "register/assemble.h"
#include "register/dictionary.h"
#include "register/fact_history.h"
#include "register/text_list.h"

/* The inside of an assembler: shared by the files that assemble and finish it, nobody else. */

struct growing_kind {
    char *name; /* in the arena */
    struct dictionary subjects;
    uint32_t *rank; /* owned: final number of each subject, once finished */
};

/* A field while facts come in. Threads may work on different ones: nothing in it is shared. */
struct growing_field {
    struct field_definition definition; /* its texts in the arena, NUL-terminated */
    bool derived;
    struct dictionary values;
    bool has_forms; /* false: every value is its own canonical form, and the rest is empty */
    struct text_list forms; /* canonical forms, by number of value; given up for the keys */
    struct dictionary keys; /* canonical forms, each once: growing_field_make_keys() */
    uint32_t *value_key;    /* owned, by number of value */
    struct fact_list facts;
    struct fact_history history; /* while dated exports come in */
    struct buf scratch;
    uint16_t number; /* in the register, once finished */
};

struct assemble {
    struct arena arena;
    struct assemble_head head; /* its texts in the arena */
    struct normaliser normaliser;
    uint8_t kind_count;
    struct growing_kind kinds[REGISTER_KINDS_MAX];
    uint16_t field_count;
    struct growing_field *fields; /* owned; REGISTER_FIELDS_MAX of them, so they never move */
    assemble_past *past;          /* NULL: nothing was there before */
    void *past_state;
};

void growing_field_clear(struct growing_field *field);

/* Number the canonical forms, once all values are there. Before, nobody asks which are equal, and
 * where most are not, finding each in a table that grows would be a third of assembling. */
int growing_field_make_keys(struct growing_field *field, struct tq_error *err) MUST_CHECK;

/* One dictionary in place of two, where values are written as they are compared. */
void assemble_share_texts(struct field *field, struct register_file *file);

/* Make the derived full-name field of a kind; its facts come from full_name_derive(). */
int assemble_derived(struct assemble *assemble, uint8_t kind, uint16_t *out_field,
                     struct tq_error *err) MUST_CHECK;

#endif
