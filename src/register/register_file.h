/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_REGISTER_FILE_H
#define REGISTER_REGISTER_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/*
 * The memory behind a register: its arrays and strings, freed together. Large arrays get huge
 * pages. Several threads may ask at the same time.
 */
struct register_file;

struct register_file *register_file_new(void); /* NULL when memory runs out */
struct register_file *register_file_free(struct register_file *file);

/* `count` zeroed items of `size` bytes (at least one byte); NULL on overflow or when memory runs
 * out. Borrowed from `file`. */
void *register_file_array(struct register_file *file, size_t count, size_t size);

/* The same, with whatever stood there before: for who writes all of it. Fresh pages are fetched at
 * once, which takes half as long as one by one. */
void *register_file_room(struct register_file *file, size_t count, size_t size);

/*
 * Whether large arrays that are given back are kept for those that are asked for next: to touch a
 * fresh page takes longer than to fill it. With those kept there is never more memory in use than
 * there was at once without. False at first, and lets them go.
 */
void register_file_keep_released(struct register_file *file, bool keep);

/* Give an array back before the end; NULL allowed. Takes time in proportion to the arrays. */
void register_file_release(struct register_file *file, const void *array);

/* A NUL-terminated copy; NULL when memory runs out. Borrowed from `file`. */
char *register_file_text(struct register_file *file, struct slice text);

#endif
