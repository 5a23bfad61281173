/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/case_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "store/case_internal.h"

/* A page as it lies in the pack: struct page_head | struct page_word[words] | text */
struct page_head {
    uint32_t number, word_count, text_length;
    float width, height;
    uint32_t ocr_confidence;
    uint64_t row_first;
};
_Static_assert(sizeof(struct page_head) == 32, "head without holes");
_Static_assert(sizeof(struct page_word) == 28, "words without holes");

static int next_page(struct case_store *store, uint32_t exhibit, uint32_t *out_number,
                     struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_PAGE_COUNT, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, exhibit);
    r = case_query_next(&query, &row, err);
    if (r < 0)
        return r;
    assert(row); /* an aggregate without groups always has one */
    *out_number = (uint32_t)case_query_number(&query, 0);
    return TQ_OK;
}

int case_append_page(struct case_store *store, uint32_t exhibit, const struct page *page,
                     struct tq_error *err)
{
    CASE_HOLD(store);
    CLEANUP(case_query_end) struct case_query query = {0};
    struct page_head head = {page->number, page->word_count,     page->text_length, page->width,
                             page->height, page->ocr_confidence, page->row_first};
    struct pack_entry entry = {.kind = PACK_PAGE, .owner = exhibit};
    int r;

    r = next_page(store, exhibit, &entry.number, err);
    if (r < 0)
        return r;
    pack_begin(&store->entry);
    buf_add(&store->entry, &head, sizeof(head));
    buf_add(&store->entry, page->words, page->word_count * sizeof(*page->words));
    buf_add(&store->entry, page->text, page->text_length);
    r = case_pack_append(store, &entry, err);
    if (r < 0)
        return r;

    r = case_query_start(store, SQL_PAGE_ADD, &query, err);
    if (r < 0)
        return r;
    case_query_bind(&query, 1, exhibit);
    case_query_bind(&query, 2, entry.number);
    case_query_bind(&query, 3, entry.offset);
    case_query_bind(&query, 4, entry.length);
    return case_query_finish(&query, err);
}

/* Where the pages of an exhibit lie. */
struct page_places {
    struct pack_entry *items;
    size_t count, capacity;
    size_t memory_bytes; /* to load all of them, each at a multiple of PACK_ALIGNMENT */
};

static void page_places_clear(struct page_places *places)
{
    free(places->items);
}

static size_t aligned(uint64_t length)
{
    return (size_t)((length + PACK_ALIGNMENT - 1) & ~(uint64_t)(PACK_ALIGNMENT - 1));
}

static int load_places(struct case_store *store, uint32_t exhibit, struct page_places *places,
                       struct tq_error *err)
{
    CLEANUP(case_query_end) struct case_query query = {0};
    bool row;
    int r = case_query_start(store, SQL_PAGES, &query, err);

    if (r < 0)
        return r;
    case_query_bind(&query, 1, exhibit);
    for (;;) {
        struct pack_entry entry = {.kind = PACK_PAGE, .owner = exhibit};

        r = case_query_next(&query, &row, err);
        if (r < 0 || !row)
            return r;
        entry.number = (uint32_t)case_query_number(&query, 0);
        entry.offset = case_query_number(&query, 1);
        entry.length = case_query_number(&query, 2);
        if (entry.length > PACK_ENTRY_MAX)
            return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: page %u of exhibit %u",
                           entry.number, exhibit);
        r = alloc_reserve(&places->items, &places->capacity, places->count + 1, sizeof(entry), err);
        if (r < 0)
            return r;
        places->items[places->count++] = entry;
        places->memory_bytes += aligned(entry.length);
    }
}

static bool view_page(const uint8_t *payload, uint64_t length, struct page *out_page)
{
    struct page_head head;
    const struct page_word *words = (const void *)(payload + sizeof(head));
    uint64_t words_bytes;

    if (length < sizeof(head))
        return false;
    memcpy(&head, payload, sizeof(head));
    words_bytes = (uint64_t)head.word_count * sizeof(*words);
    if (length != sizeof(head) + words_bytes + head.text_length)
        return false;
    for (uint32_t i = 0; i < head.word_count; i++)
        if ((uint64_t)words[i].text_offset + words[i].text_length > head.text_length)
            return false;

    *out_page = (struct page){.number = head.number,
                              .width = head.width,
                              .height = head.height,
                              .word_count = head.word_count,
                              .words = words,
                              .text = (const char *)payload + sizeof(head) + words_bytes,
                              .text_length = head.text_length,
                              .ocr_confidence = head.ocr_confidence,
                              .row_first = head.row_first};
    return true;
}

int case_load_pages(struct case_store *store, uint32_t exhibit, struct buf *scratch,
                    struct page **out_pages, uint32_t *out_count, struct tq_error *err)
{
    CLEANUP(page_places_clear) struct page_places places = {0};
    struct page *pages;
    uint8_t *at;
    size_t head_bytes;
    int r;

    r = load_places(store, exhibit, &places, err);
    if (r < 0)
        return r;
    head_bytes = aligned(places.count * sizeof(*pages));
    buf_empty(scratch);
    pages = buf_extend(scratch, head_bytes + places.memory_bytes);
    if (!pages)
        return buf_check(scratch, err);

    at = (uint8_t *)pages + head_bytes;
    for (size_t i = 0; i < places.count; i++) {
        const struct pack_entry *entry = &places.items[i];

        r = pack_load(&store->pack, entry, at, err);
        if (r < 0)
            return r;
        if (!view_page(at + PACK_HEADER_BYTES, entry->length - PACK_HEADER_BYTES, &pages[i]))
            return tq_fail(err, TQ_E_KEY,
                           "cache is damaged: '%s': page %u of exhibit %u makes no sense",
                           store->pack.path, entry->number, exhibit);
        at += aligned(entry->length);
    }
    *out_pages = pages;
    *out_count = (uint32_t)places.count;
    return TQ_OK;
}
