/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ZIP_DIRECTORY_H
#define EXTRACT_ZIP_DIRECTORY_H

#include <stdint.h>

#include "base/error.h"

/*
 * How many members the end of a ZIP file says that it has (APPNOTE.TXT 4.3.16); 0 if it does not
 * say. Readers leave out, without a word, members that overlap others: whoever counts knows.
 */
int zip_directory_count(int fd, uint64_t size_bytes, uint64_t *out_count,
                        struct tq_error *err) MUST_CHECK;

#endif
