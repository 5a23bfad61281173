/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_EXHIBIT_H
#define MODEL_EXHIBIT_H

#include <stdint.h>

#include "base/hash.h"

/* How far an exhibit has come. Stored; never renumber. */
enum exhibit_state {
    EXHIBIT_TAKEN = 0,     /* in custody, not read yet */
    EXHIBIT_EXTRACTED = 1, /* read to its end */
    EXHIBIT_FAILED = 2, /* the reader could not read it (damaged, hostile, over a limit): noted */
    EXHIBIT_DUPLICATE = 3, /* the same bytes as another exhibit, which was read instead */
};

/*
 * One file in custody. `path` is below the evidence root, members after "!/"; any bytes but NUL.
 * Numbers are given in the order of intake and are internal: everything shown or exported is
 * sorted by path, so it does not depend on the order of intake.
 */
struct exhibit {
    uint32_t number;
    uint32_t parent; /* the container it came out of; 0: taken from the file system */
    uint32_t depth;  /* of containers around it */
    char *path;      /* owned, final: made unique by "~2", "~3" */
    uint8_t sha256[SHA256_BYTES];
    uint64_t size_bytes;
    char *type; /* owned; "csv", "pdf", "zip", "telegram", "text", "unknown", ... */
    enum exhibit_state state;
};

#endif
