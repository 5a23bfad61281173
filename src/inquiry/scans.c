/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "inquiry/scans.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"

#define FACT_PICTURES "ocr.pages"   /* from the reader: pages that are pictures */
#define FACT_GRANTED  "ocr.granted" /* ours */

void scan_list_clear(struct scan_list *list)
{
    free(list->items);
    *list = (struct scan_list){0};
}

/* Digits, at most `max`; what a reader says is not trusted. */
static uint32_t number_of(struct slice text, uint32_t max)
{
    uint64_t value = 0;

    for (size_t i = 0; i < text.length && text.data[i] >= '0' && text.data[i] <= '9'; i++) {
        value = value * 10 + (uint64_t)(text.data[i] - '0');
        if (value > max)
            return max;
    }
    return (uint32_t)value;
}

static int see_fact(void *state, uint32_t exhibit, struct slice name, struct slice value,
                    struct tq_error *err)
{
    struct scan *scan = state;

    (void)exhibit;
    (void)err;
    if (slice_equal(name, SLICE_LITERAL(FACT_PICTURES)))
        scan->wanted = number_of(value, DOCUMENT_PAGES_MAX);
    if (slice_equal(name, SLICE_LITERAL(FACT_GRANTED))) {
        scan->before = number_of(value, DOCUMENT_PAGES_MAX);
        scan->settled = true;
    }
    return TQ_OK;
}

static int add_scan(struct scan_list *list, struct case_store *store,
                    const struct exhibit_list *exhibits, uint32_t position, struct tq_error *err)
{
    struct scan scan = {.position = position};
    int r = case_facts(store, exhibits->items[position].number, see_fact, &scan, err);

    if (r < 0 || scan.wanted == 0)
        return r;
    r = alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(scan), err);
    if (r == TQ_OK)
        list->items[list->count++] = scan;
    return r;
}

int scan_list_load(struct scan_list *list, struct case_store *store,
                   const struct exhibit_list *exhibits, struct tq_error *err)
{
    int r = TQ_OK;

    list->count = 0;
    for (size_t i = 0; i < exhibits->count && r == TQ_OK; i++) {
        if (exhibits->items[i].state != EXHIBIT_TAKEN)
            r = add_scan(list, store, exhibits, (uint32_t)i, err);
    }
    return r;
}

void scan_list_grant(struct scan_list *list, uint64_t pages_max)
{
    bool given = true;

    for (size_t i = 0; i < list->count; i++)
        list->items[i].granted = 0;
    for (uint32_t round = 0; given && pages_max > 0; round++) {
        given = false;
        for (size_t i = 0; i < list->count && pages_max > 0; i++) {
            if (list->items[i].wanted <= round)
                continue;
            list->items[i].granted++;
            pages_max--;
            given = true;
        }
    }
}

int scan_settle(struct case_store *store, uint32_t exhibit, const struct scan *scan,
                struct tq_error *err)
{
    char text[160];
    int r;

    (void)snprintf(text, sizeof(text), "%" PRIu32, scan->granted);
    r = case_add_fact(store, exhibit, SLICE_LITERAL(FACT_GRANTED), slice_of(text), err);
    if (r < 0 || scan->granted >= scan->wanted)
        return r;
    (void)snprintf(text, sizeof(text),
                   "not read by OCR, the budget is spent: %" PRIu32 " of %" PRIu32
                   " pages that are pictures",
                   scan->wanted - scan->granted, scan->wanted);
    return case_add_note(store, exhibit, 0, slice_of(text), err);
}
