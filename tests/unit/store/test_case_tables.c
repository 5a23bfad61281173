/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "case_fixture.h"

#include <fcntl.h>

#include "base/cleanup.h"
#include "base/pool.h"
#include "model/reading.h"

#define COLUMNS 3u

static uint32_t add_table(struct case_store *store, uint32_t exhibit, const char *sheet)
{
    struct table head = {0};
    uint32_t number;

    assert_ok(table_init(&head, SLICE_LITERAL("the name"), SLICE_LITERAL("csv"), COLUMNS, &err));
    assert_ok(table_set_header(&head, 0, SLICE_LITERAL("nom"), &err));
    assert_ok(table_set_header(&head, 2, SLICE_LITERAL("\xFF \xC3\xA9"), &err));
    head.blocks[2] = 7;
    head.shape = exhibit ? SHAPE_ROWS : SHAPE_DOCUMENTS;
    head.slot_count = exhibit ? 0 : 2;
    assert_ok(case_add_table(store, exhibit, slice_of(sheet), &head, &number, &err));
    table_clear(&head);
    return number;
}

static struct slice cell_text(char out[32], uint64_t row, uint32_t column)
{
    if (row % 5 == 0 && column == 1)
        return (struct slice){0};
    (void)snprintf(out, 32, "%llu/%u", (unsigned long long)row, column);
    return slice_of(out);
}

static void append_rows(struct case_store *store, uint32_t table, uint64_t first, uint32_t count)
{
    struct batch_builder builder;

    batch_builder_init(&builder, COLUMNS);
    batch_builder_empty(&builder, first);
    for (uint64_t row = first; row < first + count; row++) {
        for (uint32_t column = 0; column < COLUMNS; column++) {
            char text[32];

            assert_ok(batch_builder_cell(&builder, cell_text(text, row, column), &err));
        }
        assert_ok(batch_builder_row(&builder, (uint32_t)row % 7, (uint32_t)row + 1, row << 32,
                                    (uint8_t)(row % 3), &err));
    }
    assert_ok(case_append_batch(store, table, &builder.batch, &err));
    batch_builder_clear(&builder);
}

static void assert_rows(const struct batch *batch, uint64_t first, uint32_t count)
{
    assert_int_equal(batch->first_row, first);
    assert_int_equal(batch->row_count, count);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t row = first + i;

        for (uint32_t column = 0; column < COLUMNS; column++) {
            char text[32];

            assert_true(slice_equal(batch_cell(batch, i, column), cell_text(text, row, column)));
        }
        assert_int_equal(batch->exhibit[i], row % 7);
        assert_int_equal(batch->record[i], row + 1);
        assert_int_equal(batch->place[i], row << 32);
        assert_int_equal(batch->flags[i], row % 3);
    }
}

static void heads_are_kept_and_listed_by_number(void **state)
{
    struct case_store *store = fixture_case(state);
    struct stored_table_list list;
    uint32_t first = add_table(store, 5, "Feuil1"), second = add_table(store, 0, "");

    append_rows(store, first, 0, 10);
    append_rows(store, first, 10, 4);
    assert_ok(case_rename_table(store, first, SLICE_LITERAL("x.csv#Feuil1"), &err));
    assert_ok(case_load_tables(store, UINT32_MAX, &list, &err));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].number, first);
    assert_int_equal(list.items[0].exhibit, 5);
    assert_string_equal(list.items[0].sheet, "Feuil1");
    assert_string_equal(list.items[0].head.name, "x.csv#Feuil1");
    assert_string_equal(list.items[0].head.origin, "csv");
    assert_int_equal(list.items[0].head.row_count, 14);
    assert_int_equal(list.items[0].batch_count, 2);
    assert_int_equal(list.items[1].number, second);
    assert_int_equal(list.items[1].head.shape, SHAPE_DOCUMENTS);
    assert_int_equal(list.items[1].head.slot_count, 2);
    assert_string_equal(list.items[1].head.headers[0], "nom");
    assert_string_equal(list.items[1].head.headers[1], "");
    assert_string_equal(list.items[1].head.headers[2], "\xFF \xC3\xA9");
    assert_int_equal(list.items[1].head.blocks[1], 0);
    assert_int_equal(list.items[1].head.blocks[2], 7);
    stored_table_list_clear(&list);
    assert_ok(case_load_tables(store, 5, &list, &err));
    assert_int_equal(list.count, 1);
    stored_table_list_clear(&list);
    (void)case_close(store);
}

struct reading_test {
    struct batch_source *source;
    void *scratch[4];
};

static int load_one(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct reading_test *test = state;
    const struct batch *batch;
    int r = test->source->load(test->source->state, (uint32_t)index, test->scratch[thread], &batch,
                               err);

    if (r < 0)
        return r;
    if (batch->first_row != index * 100 || batch->row_count != 100)
        return tq_fail(err, TQ_E_USAGE, "batch %zu is another one", index);
    return TQ_OK;
}

static void rows_come_back_as_they_were_to_any_number_of_threads(void **state)
{
    struct case_store *store = fixture_case(state);
    uint32_t table = add_table(store, 1, "");
    struct batch_source source;
    struct reading_test test = {.source = &source};
    const struct batch *batch;

    assert_ok(case_begin(store, &err));
    for (uint32_t i = 0; i < 50; i++)
        append_rows(store, table, i * 100, 100);
    assert_ok(case_commit(store, &err));
    (void)case_close(store);

    store = fixture_reopen(state, false);
    assert_ok(case_open_rows(store, table, &source, &err));
    assert_int_equal(source.batch_count, 50);
    for (unsigned i = 0; i < 4; i++)
        test.scratch[i] = source.scratch_new(source.state);
    for (uint32_t i = 0; i < 50; i++) {
        assert_ok(source.load(source.state, i, test.scratch[0], &batch, &err));
        assert_rows(batch, i * 100, 100);
    }
    assert_fails(TQ_E_USAGE, "no batch 50",
                 source.load(source.state, 50, test.scratch[0], &batch, &err));
    assert_ok(pool_run(4, 50, load_one, &test, &err));
    for (unsigned i = 0; i < 4; i++)
        source.scratch_free(test.scratch[i]);
    case_close_rows(&source);
    (void)case_close(store);
}

static void an_empty_batch_and_a_part_of_a_batch_are_kept(void **state)
{
    struct case_store *store = fixture_case(state);
    uint32_t table = add_table(store, 1, "");
    const uint32_t cell[] = {2, 3, 3, 5}, exhibit[] = {1}, record[] = {1};
    const uint64_t place[] = {9};
    const uint8_t flags[] = {0};
    const struct batch part = {1, COLUMNS, 0, cell, "..abc..", exhibit, record, place, flags};
    const struct batch empty = {.column_count = COLUMNS}, wide = {.column_count = COLUMNS + 1};
    struct batch_source source;
    const struct batch *batch;
    void *scratch;

    assert_ok(case_append_batch(store, table, &empty, &err));
    assert_ok(case_append_batch(store, table, &part, &err));
    assert_fails(TQ_E_USAGE, "does not fit", case_append_batch(store, table, &wide, &err));
    assert_fails(TQ_E_USAGE, "no table 99", case_append_batch(store, 99, &empty, &err));
    assert_ok(case_open_rows(store, table, &source, &err));
    scratch = source.scratch_new(source.state);
    assert_ok(source.load(source.state, 0, scratch, &batch, &err));
    assert_int_equal(batch->row_count, 0);
    assert_ok(source.load(source.state, 1, scratch, &batch, &err));
    assert_true(slice_is(batch_cell(batch, 0, 0), "a"));
    assert_true(slice_is(batch_cell(batch, 0, 1), ""));
    assert_true(slice_is(batch_cell(batch, 0, 2), "bc"));
    source.scratch_free(scratch);
    case_close_rows(&source);
    (void)case_close(store);
}

static void damage_to_the_cache_is_told(void **state)
{
    struct case_store *store = fixture_case(state);
    uint32_t table = add_table(store, 1, "");
    struct batch_source source;
    const struct batch *batch;
    void *scratch;
    int fd;

    append_rows(store, table, 0, 100);
    (void)case_close(store);
    fd = open(scratch_path(state, "case/cache.pack"), O_WRONLY);
    assert_int_equal(pwrite(fd, "!", 1, 1000), 1);
    (void)close(fd);
    store = fixture_reopen(state, true);
    assert_ok(case_open_rows(store, table, &source, &err));
    scratch = source.scratch_new(source.state);
    assert_fails(TQ_E_KEY, "cache is damaged", source.load(source.state, 0, scratch, &batch, &err));
    source.scratch_free(scratch);
    case_close_rows(&source);
    (void)case_close(store);
}

static void pages_come_back_in_order(void **state)
{
    struct case_store *store = fixture_case(state);
    static const struct page_word words[] = {{1, 2, 3, 4, 0, 2}, {5, 6, 7, 8, 2, 3}};
    const struct page page = {1, 595, 842, 2, words, "abcde", 5},
                      blank = {2, 10, 20, 0, NULL, "", 0};
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    struct page *pages;
    uint32_t count;

    assert_ok(case_begin(store, &err));
    assert_ok(case_append_page(store, 3, &page, &err));
    assert_ok(case_append_page(store, 4, &page, &err));
    assert_ok(case_append_page(store, 3, &blank, &err));
    assert_ok(case_commit(store, &err));
    assert_ok(case_load_pages(store, 3, &scratch, &pages, &count, &err));
    assert_int_equal(count, 2);
    assert_int_equal(pages[0].number, 1);
    assert_true(slice_is(page_word_text(&pages[0], &pages[0].words[1]), "cde"));
    assert_true(pages[0].words[1].x1 > 6.5f && pages[0].width > 594);
    assert_int_equal(pages[1].number, 2);
    assert_int_equal(pages[1].word_count, 0);
    assert_ok(case_load_pages(store, 99, &scratch, &pages, &count, &err));
    assert_int_equal(count, 0);
    (void)case_close(store);
}

static void dropping_layout_tables_leaves_the_others(void **state)
{
    struct case_store *store = fixture_case(state);
    uint32_t kept = add_table(store, 1, ""), dropped = add_table(store, 0, "");
    const struct reading_row reading = {.table = dropped};
    struct finding_batch findings = {0};
    struct stored_table_list list;
    struct stat before, after;
    uint32_t count;

    append_rows(store, kept, 0, 10);
    assert_int_equal(stat(scratch_path(state, "case/cache.pack"), &before), 0);
    append_rows(store, dropped, 0, 4000);
    assert_ok(finding_batch_add_record(&findings, &(struct record_finding){0}, &err));
    assert_ok(case_add_findings(store, dropped, 0, &findings, &err));
    assert_ok(case_add_findings(store, kept, 0, &findings, &err));
    finding_batch_clear(&findings);
    assert_ok(case_add_reading(store, &reading, &err));
    assert_ok(case_drop_layout_tables(store, &err));
    assert_ok(case_load_tables(store, UINT32_MAX, &list, &err));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].number, kept);
    stored_table_list_clear(&list);
    assert_ok(case_finding_batches(store, kept, &count, &err));
    assert_int_equal(count, 1);
    assert_ok(case_finding_batches(store, dropped, &count, &err));
    assert_int_equal(count, 0);
    (void)case_close(store);

    /* What they took in the cache is given back when the case is opened again. */
    (void)case_close(fixture_reopen(state, true));
    assert_int_equal(stat(scratch_path(state, "case/cache.pack"), &after), 0);
    assert_true(after.st_size - before.st_size < 8);
}

static void the_kind_of_a_table_is_none_until_it_is_set(void **state)
{
    struct case_store *store = fixture_case(state);
    uint32_t table = add_table(store, 1, "");

    assert_int_equal(case_table_kind(store, table), KIND_NONE);
    assert_ok(case_set_table_kind(store, table, 2, &err));
    assert_int_equal(case_table_kind(store, table), 2);
    assert_int_equal(case_table_kind(store, 99), KIND_NONE);
    assert_ok(case_drop_results(store, &err));
    assert_int_equal(case_table_kind(store, table), KIND_NONE);
    (void)case_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(heads_are_kept_and_listed_by_number),
        TEST(rows_come_back_as_they_were_to_any_number_of_threads),
        TEST(an_empty_batch_and_a_part_of_a_batch_are_kept),
        TEST(damage_to_the_cache_is_told),
        TEST(pages_come_back_in_order),
        TEST(dropping_layout_tables_leaves_the_others),
        TEST(the_kind_of_a_table_is_none_until_it_is_set),
    };

    return cmocka_run_group_tests_name("store/case_tables", tests, NULL, NULL);
}
