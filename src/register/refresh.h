/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_REFRESH_H
#define REGISTER_REFRESH_H

#include "register/assemble.h"
#include "register/description.h"

/*
 * A build that begins with an older register. Its tables are of two sorts:
 *
 * *By change*: only rows come in that are known since a moment T before the older register, and all
 * rows of *touched* subjects: those of which a row was closed since T. Facts of touched subjects
 * are taken from the rows, as a value may be held by another row that is still open, which facts do
 * not tell; all other old facts stay, and what comes in is added. To add a fact that is there
 * already changes nothing, so T may lie as far back as one likes.
 *
 * *Whole*: all rows come in, and the old facts of the fields are dropped.
 *
 * Facts do not tell which table they come from. So tables that feed a common field, directly or
 * through others, are a *family*: if one is read whole all are, and a subject that one of them
 * touches is touched in all.
 *
 * The order of calls: refresh_new(); refresh_whole() for tables that cannot be read by change;
 * refresh_settle(); refresh_touch() for all touched subjects; refresh_begin(), before the first row
 * comes in; refresh_end(), after the last; then assemble_finish(), which takes the old facts in.
 */
struct refresh;

struct refresh_request {
    const struct description *description; /* that of the older register */
    const struct reg *old;                 /* sealed, with texts */
    struct assemble *assemble;             /* with all kinds and fields, and nothing else yet */
    const uint16_t *fields; /* the assembler's number of each field of the description */
    int32_t since;          /* T */
};

/* What is in the request is borrowed. *out_refresh is owned; refresh_free() (NULL allowed).
 * TQ_E_SYNTAX: the older register lacks a field of the description. */
int refresh_new(const struct refresh_request *request, struct refresh **out_refresh,
                struct tq_error *err) MUST_CHECK;
struct refresh *refresh_free(struct refresh *refresh);

int32_t refresh_since(const struct refresh *refresh);
int32_t refresh_as_of(const struct refresh *refresh); /* the older register */

/* Tables by their number in the description. */
void refresh_whole(struct refresh *refresh, size_t table);
int refresh_settle(struct refresh *refresh, struct tq_error *err) MUST_CHECK;
bool refresh_is_whole(const struct refresh *refresh, size_t table);
size_t refresh_family(const struct refresh *refresh, size_t table); /* its first table */

/* A subject of a family, by its key; one that the older register does not have needs no touch. */
void refresh_touch(struct refresh *refresh, size_t family, struct slice key);

int refresh_begin(struct refresh *refresh, struct tq_error *err) MUST_CHECK;
void refresh_end(struct refresh *refresh);

#endif
