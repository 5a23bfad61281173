/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_BATCH_KEYS_H
#define REGISTER_BATCH_KEYS_H

#include "register/view.h"

/*
 * The view keys of the cells of one batch, column by column, made when they are first asked for.
 * Whoever goes over a batch more than once keeps them: to make a key costs ten times as much as to
 * read it back. Used by one thread at a time; start with {0}.
 */
struct batch_keys {
    struct key_column *columns; /* by number of the reading; owned */
    uint32_t column_count;
};

/*
 * Keys of the cells of a column, batch->row_count of them; borrowed until `keys` is emptied or
 * cleared. All views given for one column must be of the same reading, and all batches the same
 * one.
 */
int batch_keys_find(struct batch_keys *keys, const struct view *view, const struct batch *batch,
                    uint32_t column, const uint32_t **out_keys, struct tq_error *err) MUST_CHECK;

/* Forget the keys, for the next batch; the memory stays. */
void batch_keys_empty(struct batch_keys *keys);
void batch_keys_clear(struct batch_keys *keys);

#endif
