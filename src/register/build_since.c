/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/build_since.h"

#include <string.h>

#include "base/cleanup.h"
#include "register/description_digest.h"

DEFINE_CLEANUP(struct reg *, reg_free)

static int check(const struct reg *old, const char *path, const struct description *description,
                 struct tq_error *err)
{
    uint8_t digest[REG_SOURCE_BYTES];
    int r = description_digest(description, digest, err);

    if (r < 0)
        return r;
    if (old->fingerprints_only)
        return tq_fail(err, TQ_E_USAGE,
                       "'%s' holds fingerprints only, and no values that could be taken over: "
                       "build without --since, or keep a register with values to refresh",
                       path);
    if (!old->source.told)
        return tq_fail(err, TQ_E_USAGE,
                       "'%s' does not say when it was built and from what: build once without "
                       "--since",
                       path);
    if (memcmp(old->source.digest, digest, sizeof(digest)) != 0)
        return tq_fail(err, TQ_E_USAGE,
                       "'%s' was built from another description than %s is now, or by another "
                       "version of tahqiq: build without --since",
                       path, description->file);
    return TQ_OK;
}

int build_since_open(const char *path, const char *key_path, const struct description *description,
                     struct reg **out_old, struct tq_error *err)
{
    CLEANUP(reg_free_cleanup) struct reg *old = NULL;
    int r = reg_open(path, key_path, &old, err);

    if (r == TQ_OK)
        r = check(old, path, description, err);
    if (r == TQ_OK)
        *out_old = TAKE(old);
    return r;
}
