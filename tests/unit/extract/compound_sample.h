/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_COMPOUND_SAMPLE_H
#define TESTS_COMPOUND_SAMPLE_H

#include "base/buf.h"
#include "extract/compound.h"

/*
 * A compound file of a few entries, the first one the root: streams below 4,096 bytes lie in small
 * sectors, and all sectors that there are have room in one sector of links.
 */
struct sample_entry {
    const char *name;
    enum compound_kind kind;
    uint32_t parent; /* position of the storage that it is in; not of the root */
    struct slice content;
};

void compound_sample(const struct sample_entry *entries, size_t count, struct buf *out);

#endif
