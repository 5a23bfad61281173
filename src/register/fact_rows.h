/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FACT_ROWS_H
#define REGISTER_FACT_ROWS_H

#include <stdatomic.h>

#include "base/error.h"
#include "register/fact_list.h"

/*
 * Subjects, periods and times of some rows of a table: what the facts of all its columns have in
 * common, kept once. Columns that no row needs are NULL. Fields hold it together; the last to let
 * go frees it.
 */
struct fact_rows {
    atomic_uint users;
    uint32_t count, capacity;
    uint32_t *subject;
    int32_t *known_from, *known_to, *valid_from, *valid_to;
    uint16_t *period;
};

/* Room for `capacity` rows, with one user. NULL when memory runs out. */
struct fact_rows *fact_rows_new(uint32_t capacity);
struct fact_rows *fact_rows_hold(struct fact_rows *rows);   /* one user more; gives `rows` */
struct fact_rows *fact_rows_let_go(struct fact_rows *rows); /* NULL allowed; gives NULL */

/* Add the head of a fact; there must be room. */
int fact_rows_add(struct fact_rows *rows, const struct fact *fact, struct tq_error *err) MUST_CHECK;

/* Row number `i`; its value is that of nobody. */
struct fact fact_rows_get(const struct fact_rows *rows, uint32_t i);

#endif
