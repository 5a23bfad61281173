/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_ASSEMBLE_H
#define REGISTER_ASSEMBLE_H

#include "register/fact_list.h"
#include "register/fact_rows.h"
#include "register/register.h"

/*
 * Assembles a register in memory: kinds, fields and facts in any order of arrival go in, a
 * complete `struct reg` comes out. What comes out depends on the set of facts alone, not on their
 * order.
 */
struct assemble;

struct assemble_head {
    struct slice name;
    struct slice country_code; /* "MA", or empty */
    struct slice timezone;     /* "Africa/Casablanca", or empty */
    uint8_t fingerprint_key[SIPHASH_KEY_BYTES];
};

struct field_definition {
    struct slice name;
    enum value_type type;
    enum category category;
    uint8_t kind;
    uint8_t ref_kind; /* TYPE_REF; else KIND_NONE */
    bool periodic;
    struct slice check; /* name of the check scheme, or empty */
};

int assemble_new(const struct assemble_head *head, struct assemble **out_assemble,
                 struct tq_error *err) MUST_CHECK;
struct assemble *assemble_free(struct assemble *assemble);

/* The rules under which the register's values are normalised; borrowed. */
const struct normaliser *assemble_normaliser(const struct assemble *assemble);

/* A kind by name, added if it is new. TQ_E_LIMIT past REGISTER_KINDS_MAX. */
int assemble_kind(struct assemble *assemble, struct slice name, uint8_t *out_kind,
                  struct tq_error *err) MUST_CHECK;

/*
 * A field of a kind, added if the kind has none of that name. The number is the assembler's; in
 * the register fields are grouped by kind (reg_find_field()). TQ_E_USAGE if the field is there
 * with another type, category, reference, check or periodicity. A kind must not be added between
 * a field that refers to it and the facts of that field.
 */
int assemble_field(struct assemble *assemble, const struct field_definition *definition,
                   uint16_t *out_field, struct tq_error *err) MUST_CHECK;

/* The assembler's number of a field, or FIELD_NONE. */
uint16_t assemble_find_field(const struct assemble *assemble, uint8_t kind, struct slice name);

/* The subject of this key, added if it is new; its number is the assembler's. The key must not be
 * empty. */
int assemble_subject(struct assemble *assemble, uint8_t kind, struct slice key,
                     uint32_t *out_subject, struct tq_error *err) MUST_CHECK;

/*
 * Add a fact. `value` as the register stores it: dates YYYY-MM-DD, months YYYY-MM, amounts and
 * numbers with a decimal point, other types as the institution writes them. fact->value is not
 * used. *out_usable is false, and nothing is added, if the value has no canonical form (a name
 * without letters). Threads may call this at the same time for different fields.
 */
int assemble_fact(struct assemble *assemble, uint16_t field, struct slice value,
                  const struct fact *fact, bool *out_usable, struct tq_error *err) MUST_CHECK;

/* The same of several facts, facts[i] with values[i], prefetching. Values without a canonical form
 * are passed over. */
int assemble_facts(struct assemble *assemble, uint16_t field, const struct slice *values,
                   const struct fact *facts, size_t count, struct tq_error *err) MUST_CHECK;

/*
 * What the facts of some rows of a table have in common (values are not used), for
 * assemble_column(). *out_rows is owned; fact_rows_let_go(). fact->subject SUBJECT_NONE: the row
 * gives no fact.
 */
int assemble_rows(const struct fact *facts, size_t count, struct fact_rows **out_rows,
                  struct tq_error *err) MUST_CHECK;

/* Add a column of such rows, prefetching. usable[i] for values[i]; an empty value is skipped and
 * counts as usable. Threads may call this at the same time for different fields. */
int assemble_column(struct assemble *assemble, uint16_t field, const struct slice *values,
                    struct fact_rows *rows, bool *usable, struct tq_error *err) MUST_CHECK;

/*
 * The same of a dated export, of those of one table in the order of their dates: what the one
 * before had as well goes on until this one ends, so that memory goes by what is different. Then
 * assemble_end_exports(), before any other table.
 */
int assemble_export_column(struct assemble *assemble, uint16_t field, const struct slice *values,
                           const struct fact_rows *rows, bool *usable,
                           struct tq_error *err) MUST_CHECK;
void assemble_end_exports(struct assemble *assemble);

/* The same for subjects: out_subjects[i] for keys[i], SUBJECT_NONE where the key is empty. */
int assemble_subjects(struct assemble *assemble, uint8_t kind, const struct slice *keys,
                      size_t count, uint32_t *out_subjects, struct tq_error *err) MUST_CHECK;

/* A field as an older register has it, for a refresh. All is borrowed. */
struct past {
    const struct reg *reg;    /* sealed, with texts */
    uint16_t field;           /* in it */
    const uint32_t *subjects; /* the assembler's number of each of its subjects, or SUBJECT_NONE */
    const bool *touched; /* those of whom all facts came in again: these are dropped, and what */
    int32_t since;       /* was known before must be the same */
};

/*
 * What was there before: told for each given field when it is finished, from several threads;
 * false: nothing. The subjects of the older register that are kept must have been added in their
 * order.
 */
typedef bool assemble_past(void *state, uint16_t field, struct past *out_past);
void assemble_set_past(struct assemble *assemble, assemble_past *past, void *state);

/* Number of a subject that is there, or SUBJECT_NONE. */
uint32_t assemble_find_subject(const struct assemble *assemble, uint8_t kind, struct slice key);

/* What a register is finished for: a sealed one is only written, and needs a third of the memory.
 */
enum finish_for {
    FINISH_TO_ASK,
    FINISH_TO_SEAL
};

/* Finish: *out_reg (owned; reg_free()). Only assemble_free() may follow. */
int assemble_finish(struct assemble *assemble, enum finish_for purpose, unsigned threads,
                    struct reg **out_reg, struct tq_error *err) MUST_CHECK;

#endif
