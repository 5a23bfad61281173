/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_TEXT_H
#define DRILL_TEXT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"

/* Writing values quickly: the register of a large drill has hundreds of millions of rows. The
 * text_put_... write at a place with room for TEXT_VALUE_MAX bytes, without NUL, and return the
 * end of what they wrote. */
#define TEXT_VALUE_MAX 24u

char *text_put_number(char *at, uint64_t value);
char *text_put_padded(char *at, uint64_t value, unsigned width); /* width <= TEXT_VALUE_MAX */
char *text_put_cents(char *at, int64_t centimes);
char *text_put_date(char *at, int32_t days);
char *text_put_month(char *at, uint16_t month);
char *text_put_moment(char *at, int32_t minutes);

void text_add_number(struct buf *out, uint64_t value);
void text_add_padded(struct buf *out, uint64_t value, unsigned width);
void text_add_cents(struct buf *out, int64_t centimes); /* 2698.83 */
void text_add_date(struct buf *out, int32_t days);      /* 2024-03-31 */
void text_add_month(struct buf *out, uint16_t month);   /* 2024-03 */
void text_add_moment(struct buf *out, int32_t minutes); /* RFC 3339 UTC; open ends add nothing */
void text_add_csv(struct buf *out, struct slice cell, char delimiter); /* quoted where needed */

/*
 * A buf for one value that lives on the stack and cannot run out of memory: no value of a drill is
 * longer than TEXT_SCRATCH_BYTES, and a longer one would be refused, not grown. Never cleared.
 */
#define TEXT_SCRATCH_BYTES 512u
#define TEXT_SCRATCH(name)                     \
    char name##_room[TEXT_SCRATCH_BYTES] = ""; \
    struct buf name = {                        \
        .data = name##_room, .capacity = TEXT_SCRATCH_BYTES, .length_max = TEXT_SCRATCH_BYTES - 1}

/* A file being written through a buffer. */
struct text_file {
    int fd;
    char *path;      /* owned */
    struct buf text; /* to be written */
    uint64_t bytes, rows;
};

int text_file_open(struct text_file *file, const char *folder, const char *name,
                   struct tq_error *err) MUST_CHECK;
/* Write what is buffered, if it is much. */
int text_file_pump(struct text_file *file, struct tq_error *err) MUST_CHECK;
int text_file_write(struct text_file *file, struct slice bytes, struct tq_error *err) MUST_CHECK;
int text_file_close(struct text_file *file, struct tq_error *err) MUST_CHECK;
/* Give up: for cleanup on failure; allowed after close. */
void text_file_drop(struct text_file *file);

#endif
