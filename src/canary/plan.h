/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_PLAN_H
#define CANARY_PLAN_H

#include "base/arena.h"
#include "base/error.h"
#include "canary/pattern.h"

#define CANARY_COLUMNS_MAX    64u      /* an export of more has a register of its own */
#define CANARY_RECIPIENTS_MAX 1000u    /* exports, all together */
#define CANARY_COUNT_MAX      100000u  /* false persons in one export: 1 % of ten millions */
#define CANARY_TOTAL_MAX      1000000u /* ... in all exports */
#define CANARY_ROOM           20.0     /* values of a block for each canary of the plan */

/* Where the cells of a column come from. */
enum canary_source {
    CANARY_ID,      /* a block of reserved identifiers: what canaries are known by */
    CANARY_PATTERN, /* the same, but not reserved */
    CANARY_WORDS,   /* a list */
    CANARY_DATE,    /* a range of days */
    CANARY_FIELD    /* what people hold in a field of the register */
};

struct canary_column {
    const char *header;
    enum canary_source source;
    struct pattern pattern; /* CANARY_ID, CANARY_PATTERN */
    const char **words;     /* CANARY_WORDS */
    uint32_t word_count;
    int32_t first_day, last_day; /* CANARY_DATE */
    const char *format;          /* with YYYY, MM and DD in it */
    const char *subject, *field; /* CANARY_FIELD */
    bool is_arabic;              /* ... its values in Arabic letters; else in others */
    unsigned line;
};

/* One export to one recipient. */
struct canary_recipient {
    const char *name;
    uint32_t count;    /* its false persons */
    const char *since; /* the day on which it had them, as 2026-03-01 */
    unsigned line;
};

/*
 * Which columns an export has, how a false person's cells are made, and who got an export. The key
 * and what the plan says of identifiers (pattern, scheme, header, name of the recipient) make them:
 * who changes these after an export looks for others. All texts live in the arena.
 */
struct canary_plan {
    struct arena arena;
    const char *file; /* the last part of its path */
    const char *name;
    bool has_key_id;
    uint8_t key_id[CANARY_KEY_ID_BYTES]; /* of the key that belongs to it */
    struct canary_column *columns;
    size_t column_count;
    struct canary_recipient *recipients;
    size_t recipient_count;
    uint32_t total; /* canaries of all recipients */
};

/*
 * Read a plan. TQ_E_IO if it cannot be read; TQ_E_SYNTAX for any mistake in it, with
 * "file:line:column: what is wrong and what would be right". *out_plan is owned;
 * canary_plan_free().
 */
int canary_plan_load(const char *path, struct canary_plan **out_plan,
                     struct tq_error *err) MUST_CHECK;

/* The same of text in memory; `path` gives the name in complaints. */
int canary_plan_parse(struct slice text, const char *path, struct canary_plan **out_plan,
                      struct tq_error *err) MUST_CHECK;

struct canary_plan *canary_plan_free(struct canary_plan *plan);

/* The recipient of this name; TQ_E_USAGE, naming those there are, if there is none. */
int canary_plan_recipient(const struct canary_plan *plan, const char *name,
                          const struct canary_recipient **out_recipient,
                          struct tq_error *err) MUST_CHECK;

/* TQ_E_KEY if the plan names another key. */
int canary_plan_check_key(const struct canary_plan *plan, const uint8_t key[CANARY_KEY_BYTES],
                          struct tq_error *err) MUST_CHECK;

#endif
