/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_SEARCH_H
#define CANARY_SEARCH_H

#include "canary/identifiers.h"
#include "store/case_store.h"

/* Where a text stands. */
struct canary_place {
    uint32_t exhibit; /* position in the list of exhibits */
    uint32_t record;  /* from 1; 0: a page of a document, */
    uint32_t page;    /* ... its number */
};

/* A canary at a place. */
struct canary_hit {
    uint32_t recipient; /* number in the plan */
    uint32_t canary;    /* from 1 */
    struct canary_place place;
};

/* A reserved identifier that is looked for. */
struct sought {
    uint32_t recipient, canary;
    uint32_t column; /* number in the plan */
    bool shared;     /* another recipient has it too: it tells of neither */
    bool seen;
};

/* The identifiers of all recipients, and what was found of them so far. */
struct canary_search {
    const struct canary_plan *plan;
    struct dictionary codes; /* text i is that of sought[i] */
    struct sought *sought;   /* owned */
    size_t sought_capacity;
    size_t length_min, length_max; /* of the codes */
    struct dictionary *values; /* by column: distinct codes of its block that were seen; owned */
    struct canary_hit *hits;   /* owned; after canary_search_end() distinct and in order */
    size_t hit_count, hit_capacity;
    struct buf folded, joined; /* of the text looked at */
};

int canary_search_new(const struct canary_plan *plan, const uint8_t key[CANARY_KEY_BYTES],
                      struct canary_search **out_search, struct tq_error *err) MUST_CHECK;
struct canary_search *canary_search_free(struct canary_search *search);

/*
 * Look for identifiers in a text: as a word of it, or as up to six words in a row, which is how
 * separators look when the text is folded.
 */
int canary_search_text(struct canary_search *search, struct slice text,
                       const struct canary_place *place, struct tq_error *err) MUST_CHECK;

/* Bring the hits in order: recipient, exhibit, record, page, canary; each once. */
void canary_search_end(struct canary_search *search);

/* ---- a case ---- */

/* What was looked through. */
struct canary_scope {
    uint64_t exhibits, rows, pages;
    uint64_t unread; /* exhibits that were not read, or not to their end */
};

struct canary_request {
    struct case_store *store;
    const struct exhibit_list *exhibits;
    void (*progress)(void *state, uint64_t done, uint64_t total); /* tables and documents */
    void *state;
};

/* All rows and pages that were extracted, batch by batch; then canary_search_end(). */
int canary_search_case(struct canary_search *search, const struct canary_request *request,
                       struct canary_scope *out_scope, struct tq_error *err) MUST_CHECK;

#endif
