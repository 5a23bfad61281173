/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "canary/export.h"
#include "canary/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[CANARY_KEY_BYTES];

/* What the first recipient is given is found again, each row; a plan may still need a register. */
static void make_and_find(struct canary_plan *plan)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    struct canary_export export = {plan, plan->recipients, key, NULL};
    struct canary_search *search = NULL;
    const struct canary_place place = {.record = 1};
    struct tq_error err = {0};

    for (size_t i = 0; i < plan->recipient_count; i++)
        plan->recipients[i].count = 1; /* time is for other plans */
    plan->recipient_count = 1;
    if (canary_export_write(&export, &out, &err) < 0
        || canary_search_new(plan, key, &search, &err) < 0)
        return;
    for (uint32_t i = 0; i < search->codes.count; i++) {
        if (canary_search_text(search, dictionary_text(&search->codes, i), &place, &err) < 0)
            abort();
        if (!search->sought[i].seen)
            abort();
    }
    (void)canary_search_free(search);
}

/* Any bytes are a plan or give a complaint that names a place. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct canary_plan *plan = NULL;
    struct tq_error err = {0};
    int r;

    if (sodium_init() < 0)
        abort();
    r = canary_plan_parse(slice_make((const char *)data, size), "plan.yaml", &plan, &err);
    if (r < 0 && (plan || err.message[0] == '\0'))
        abort();
    if (r == TQ_OK)
        make_and_find(plan);
    (void)canary_plan_free(plan);
    return 0;
}
