/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_BSON_STREAM_H
#define EXTRACT_BSON_STREAM_H

#include "extract/json_tables.h"

/*
 * Documents of BSON (bsonspec.org), one after another, as events of JSON: each is a value at the
 * root, its number stands for the line. Behind damage reading goes on with the next that looks like
 * a document.
 */
json_source bson_stream_read;

/* Whether the first bytes of an exhibit are a document that is whole, or goes on beyond them. */
bool bson_is_likely(struct slice head, uint64_t size_bytes, bool *out_whole);

#endif
