/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What an earlier run left behind a password. With a list at hand it counts as not read yet, so
 * that the case ends as one that was begun with the list.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "inquiry/context.h"

struct locked {
    uint32_t *exhibits;
    size_t count, capacity;
};

static void locked_clear(struct locked *locked)
{
    free(locked->exhibits);
}

static int add_if_locked(void *state, uint32_t exhibit, struct slice name, struct slice value,
                         struct tq_error *err)
{
    struct locked *locked = state;
    int r;

    (void)value;
    if (!slice_is(name, SINK_LOCKED_FACT))
        return TQ_OK;
    r = alloc_reserve(&locked->exhibits, &locked->capacity, locked->count + 1,
                      sizeof(*locked->exhibits), err);
    if (r == TQ_OK)
        locked->exhibits[locked->count++] = exhibit;
    return r;
}

static int forget(struct case_store *store, const struct locked *locked, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < locked->count && r == TQ_OK; i++) {
        r = case_reset_exhibit(store, locked->exhibits[i], err);
        if (r == TQ_OK)
            r = case_set_exhibit(store, locked->exhibits[i], SLICE_LITERAL(""), EXHIBIT_TAKEN, err);
    }
    return r;
}

int inquiry_retry_locked(struct inquiry *inquiry, struct tq_error *err)
{
    struct case_store *store = inquiry->request->store;
    CLEANUP(locked_clear) struct locked locked = {0};
    int r;

    if (!inquiry->request->passwords)
        return TQ_OK;
    r = case_facts(store, 0, add_if_locked, &locked, err);
    if (r < 0 || locked.count == 0)
        return r;
    r = case_begin(store, err);
    if (r < 0)
        return r;
    r = forget(store, &locked, err);
    if (r < 0) {
        case_rollback(store);
        return r;
    }
    return case_commit(store, err);
}
