/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "case_fixture.h"

#include "base/cleanup.h"

/* A digest that sorts by its first byte. */
static const uint8_t *digest(uint8_t first)
{
    static uint8_t digests[256][SHA256_BYTES];

    digests[first][0] = first;
    digests[first][1] = 0xFF;
    return digests[first];
}

static uint32_t add(struct case_store *store, uint32_t parent, const char *name, uint8_t first)
{
    uint32_t number;

    assert_ok(
        case_add_exhibit(store, parent, slice_of(name), digest(first), 10, NULL, &number, &err));
    return number;
}

static void assert_paths(struct case_store *store, const char *const *paths, size_t count)
{
    struct exhibit_list list;

    assert_ok(case_load_exhibits(store, &list, &err));
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(list.items[i].path, paths[i]);
        assert_int_equal(list.position[list.items[i].number], i);
    }
    exhibit_list_clear(&list);
}

static void members_follow_their_container(void **state)
{
    static const char *const paths[] = {"a.txt", "z.zip", "z.zip!/inner.zip", "z.zip!/inner.zip!/x",
                                        "z.zip!/m"};
    struct case_store *store = fixture_case(state);
    uint32_t zip = add(store, 0, "z.zip", 1), inner;

    (void)add(store, zip, "m", 2);
    inner = add(store, zip, "inner.zip", 3);
    (void)add(store, inner, "x", 4);
    (void)add(store, 0, "a.txt", 5);
    assert_paths(store, paths, 5);
    (void)case_close(store);
}

static void colliding_paths_are_numbered_by_digest_in_any_order_of_intake(void **state)
{
    static const char *const paths[] = {"a",        "a~2",     "a~3",       "b.zip",
                                        "b.zip!/m", "b.zip~2", "b.zip~2!/m"};
    static const uint8_t orders[3][3] = {{1, 2, 3}, {3, 2, 1}, {2, 3, 1}};

    for (size_t i = 0; i < 3; i++) {
        char folder[16];
        struct case_store *store = NULL;
        struct exhibit_list list;
        uint32_t first, second;

        (void)snprintf(folder, sizeof(folder), "case%zu", i);
        assert_ok(case_create(scratch_path(state, folder), SLICE_LITERAL(""), &err));
        assert_ok(case_open(scratch_path(state, folder), true, &store, &err));
        for (size_t j = 0; j < 3; j++)
            (void)add(store, 0, "a", orders[i][j]);
        first = add(store, 0, "b.zip", i ? 10 : 11);
        second = add(store, 0, "b.zip", i ? 11 : 10);
        (void)add(store, first, "m", i ? 20 : 21);
        (void)add(store, second, "m", i ? 21 : 20);
        assert_paths(store, paths, 7);
        assert_ok(case_load_exhibits(store, &list, &err));
        for (uint8_t j = 0; j < 3; j++)
            assert_int_equal(list.items[j].sha256[0], j + 1);
        assert_int_equal(list.items[6].sha256[0], 21);
        exhibit_list_clear(&list);
        (void)case_close(store);
    }
}

static void a_name_of_ones_own_is_never_taken_away(void **state)
{
    static const char *const paths[] = {"a", "a~2", "a~3", "q", "q!/m", "q!/m~2"};
    struct case_store *store = fixture_case(state);
    uint32_t container;
    struct exhibit_list list;

    (void)add(store, 0, "a", 1);
    (void)add(store, 0, "a", 2);
    (void)add(store, 0, "a~2", 3);
    (void)add(store, 0, "q!/m", 4); /* a file in a folder "q!", and a member of "q" */
    container = add(store, 0, "q", 5);
    (void)add(store, container, "m", 1);
    assert_paths(store, paths, 6);
    assert_ok(case_load_exhibits(store, &list, &err));
    assert_int_equal(list.items[1].sha256[0], 3);
    assert_int_equal(list.items[4].sha256[0], 4);
    exhibit_list_clear(&list);
    (void)case_close(store);
}

static void any_bytes_may_be_in_a_name(void **state)
{
    static const char *const paths[] = {"\x01\n", "a\xFF\xFE", "\xC3\xA9"};
    struct case_store *store = fixture_case(state);
    uint32_t number;

    (void)add(store, 0, paths[2], 1);
    (void)add(store, 0, paths[1], 1);
    (void)add(store, 0, paths[0], 1);
    assert_paths(store, paths, 3);
    assert_fails(
        TQ_E_USAGE, "zero byte",
        case_add_exhibit(store, 0, slice_make("a\0b", 3), digest(1), 1, NULL, &number, &err));
    (void)case_close(store);
}

static void the_same_exhibit_is_added_once(void **state)
{
    struct case_store *store = fixture_case(state);
    uint32_t first = add(store, 0, "a", 1), found;

    assert_int_equal(add(store, 0, "a", 1), first);
    assert_int_not_equal(add(store, 0, "a", 2), first);
    assert_int_not_equal(add(store, first, "a", 1), first);
    assert_ok(case_find_exhibit(store, 0, SLICE_LITERAL("a"), digest(1), &found, &err));
    assert_int_equal(found, first);
    assert_ok(case_find_exhibit(store, 0, SLICE_LITERAL("a"), digest(9), &found, &err));
    assert_int_equal(found, 0);
    (void)case_close(store);
}

static void the_first_path_of_the_same_bytes_is_primary_unless_empty(void **state)
{
    struct case_store *store = fixture_case(state);
    struct exhibit_list list;
    uint32_t number;

    (void)add(store, 0, "c", 1);
    (void)add(store, 0, "b", 2);
    (void)add(store, 0, "a", 1);
    (void)add(store, 0, "d", 1);
    assert_ok(case_add_exhibit(store, 0, SLICE_LITERAL("e1"), digest(7), 0, NULL, &number, &err));
    assert_ok(case_add_exhibit(store, 0, SLICE_LITERAL("e2"), digest(7), 0, NULL, &number, &err));
    assert_ok(case_load_exhibits(store, &list, &err));
    assert_int_equal(list.primary[0], 0);
    assert_int_equal(list.primary[1], 1);
    assert_int_equal(list.primary[2], 0);
    assert_int_equal(list.primary[3], 0);
    assert_int_equal(list.primary[4], 4);
    assert_int_equal(list.primary[5], 5);
    exhibit_list_clear(&list);
    (void)case_close(store);
}

/* What lies less deep is read first; what comes out of a container must not take its place. */
static void of_the_same_bytes_the_least_deep_is_primary(void **state)
{
    struct case_store *store = fixture_case(state);
    struct exhibit_list list;
    uint32_t container = add(store, 0, "b", 2);

    (void)add(store, container, "x", 1); /* "b!/x" */
    (void)add(store, 0, "c", 1);
    assert_ok(case_load_exhibits(store, &list, &err));
    assert_string_equal(list.items[1].path, "b!/x");
    assert_int_equal(list.items[1].depth, 1);
    assert_int_equal(list.items[2].depth, 0);
    assert_int_equal(list.primary[1], 2);
    assert_int_equal(list.primary[2], 2);
    exhibit_list_clear(&list);
    (void)case_close(store);
}

static void a_copy_that_is_taken_later_has_the_type_of_the_one_that_was_read(void **state)
{
    struct case_store *store = fixture_case(state);
    struct exhibit_list list;
    uint32_t read = add(store, 0, "b", 1);

    assert_ok(case_set_exhibit(store, read, SLICE_LITERAL("csv"), EXHIBIT_EXTRACTED, &err));
    (void)add(store, 0, "a", 1);
    assert_ok(case_load_exhibits(store, &list, &err));
    assert_int_equal(list.primary[1], 0);
    assert_string_equal(list.items[0].type, "csv");
    assert_int_equal(list.items[0].state, EXHIBIT_TAKEN);
    exhibit_list_clear(&list);
    (void)case_close(store);
}

static void custody_type_and_state_are_kept(void **state)
{
    struct case_store *store = fixture_case(state);
    const struct custody custody = {SLICE_LITERAL("a channel"), SLICE_LITERAL("amina"),
                                    SLICE_LITERAL("2026-01-05T10:11:12Z"),
                                    SLICE_LITERAL("/x/\xFF")};
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    struct custody back;
    struct exhibit_list list;
    uint32_t number;

    assert_ok(
        case_add_exhibit(store, 0, SLICE_LITERAL("a"), digest(1), 5, &custody, &number, &err));
    assert_ok(case_set_exhibit(store, number, SLICE_LITERAL("csv"), EXHIBIT_EXTRACTED, &err));
    assert_fails(TQ_E_USAGE, "no exhibit 99",
                 case_set_exhibit(store, 99, SLICE_LITERAL("csv"), EXHIBIT_EXTRACTED, &err));
    (void)case_close(store);

    store = fixture_reopen(state, false);
    assert_ok(case_get_custody(store, number, &scratch, &back, &err));
    assert_true(slice_equal(back.source, custody.source));
    assert_true(slice_equal(back.by, custody.by));
    assert_true(slice_equal(back.taken, custody.taken));
    assert_true(slice_equal(back.origin, custody.origin));
    assert_ok(case_load_exhibits(store, &list, &err));
    assert_string_equal(list.items[0].type, "csv");
    assert_int_equal(list.items[0].state, EXHIBIT_EXTRACTED);
    assert_int_equal(list.items[0].size_bytes, 5);
    exhibit_list_clear(&list);
    (void)case_close(store);
}

struct gathered {
    struct case_store *store;
    struct buf text;
};

static int gather_fact(void *state, uint32_t exhibit, struct slice name, struct slice value,
                       struct tq_error *err)
{
    struct gathered *gathered = state;

    buf_format(&gathered->text, "[%u ", exhibit);
    buf_add_slice(&gathered->text, name);
    buf_add_byte(&gathered->text, '=');
    buf_add_slice(&gathered->text, value);
    buf_add_byte(&gathered->text, ']');
    return buf_check(&gathered->text, err);
}

static int gather_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                       struct tq_error *err)
{
    struct gathered *gathered = state;

    buf_format(&gathered->text, "(%u %llu ", exhibit, (unsigned long long)place);
    buf_add_slice(&gathered->text, text);
    buf_add_byte(&gathered->text, ')');
    /* A callback may ask the store, and even the same question. */
    if (exhibit == 1 && place == 5)
        return case_notes(gathered->store, 2, gather_note, state, err);
    return buf_check(&gathered->text, err);
}

static void notes_and_facts_come_by_exhibit_place_and_order(void **state)
{
    struct case_store *store = fixture_case(state);
    struct gathered gathered = {.store = store};

    (void)add(store, 0, "a", 1);
    (void)add(store, 0, "b", 2);
    assert_ok(case_add_note(store, 2, 0, SLICE_LITERAL("x"), &err));
    assert_ok(case_add_note(store, 1, 9, SLICE_LITERAL("z"), &err));
    assert_ok(case_add_note(store, 1, 5, SLICE_LITERAL("y"), &err));
    assert_ok(case_add_note(store, 1, 9, SLICE_LITERAL("a"), &err));
    assert_ok(case_notes(store, 1, gather_note, &gathered, &err));
    assert_string_equal(gathered.text.data, "(1 5 y)(2 0 x)(1 9 z)(1 9 a)");
    buf_empty(&gathered.text);
    assert_ok(case_notes(store, 0, gather_note, &gathered, &err));
    assert_string_equal(gathered.text.data, "(1 5 y)(2 0 x)(1 9 z)(1 9 a)(2 0 x)");
    buf_empty(&gathered.text);
    assert_ok(case_add_fact(store, 2, SLICE_LITERAL("p"), SLICE_LITERAL("1"), &err));
    assert_ok(case_add_fact(store, 1, SLICE_LITERAL("q"), SLICE_LITERAL("2"), &err));
    assert_ok(case_facts(store, 0, gather_fact, &gathered, &err));
    assert_string_equal(gathered.text.data, "[1 q=2][2 p=1]");
    buf_empty(&gathered.text);
    assert_ok(case_facts(store, 2, gather_fact, &gathered, &err));
    assert_string_equal(gathered.text.data, "[2 p=1]");
    buf_clear(&gathered.text);
    (void)case_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(members_follow_their_container),
        TEST(colliding_paths_are_numbered_by_digest_in_any_order_of_intake),
        TEST(a_name_of_ones_own_is_never_taken_away),
        TEST(any_bytes_may_be_in_a_name),
        TEST(the_same_exhibit_is_added_once),
        TEST(the_first_path_of_the_same_bytes_is_primary_unless_empty),
        TEST(of_the_same_bytes_the_least_deep_is_primary),
        TEST(a_copy_that_is_taken_later_has_the_type_of_the_one_that_was_read),
        TEST(custody_type_and_state_are_kept),
        TEST(notes_and_facts_come_by_exhibit_place_and_order),
    };

    return cmocka_run_group_tests_name("store/case_exhibits", tests, NULL, NULL);
}
