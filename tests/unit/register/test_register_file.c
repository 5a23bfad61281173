/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "register/register_file.h"

#define ARRAYS 64u

static void arrays_of_all_sizes_are_zero_and_apart(void **state)
{
    struct register_file *file = register_file_new();
    unsigned char *arrays[ARRAYS];
    size_t sizes[ARRAYS];

    (void)state;
    for (unsigned i = 0; i < ARRAYS; i++) {
        sizes[i] = (size_t)i * i * 1531; /* up to 6 MB: shared pages and pages of their own */
        arrays[i] = register_file_array(file, sizes[i], 1);
        assert_non_null(arrays[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(arrays[i][k], 0);
        memset(arrays[i], (int)i + 1, sizes[i]);
    }
    for (unsigned i = 0; i < ARRAYS; i++) {
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(arrays[i][k], i + 1);
    }
    file = register_file_free(file);
}

static void giving_an_array_back_leaves_its_neighbours_alone(void **state)
{
    struct register_file *file = register_file_new();
    char *first = register_file_array(file, 100, 1), *second = register_file_array(file, 100, 1);
    char *large = register_file_array(file, (size_t)3 << 20, 1);

    (void)state;
    memset(second, 'x', 100);
    register_file_release(file, first);
    register_file_release(file, large);
    register_file_release(file, NULL);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(second[i], 'x');
    file = register_file_free(file);
}

static void an_array_given_back_serves_again_only_while_that_is_wanted(void **state)
{
    const size_t size = (size_t)4 << 20;
    struct register_file *file = register_file_new();
    char *first, *again, *larger;

    (void)state;
    register_file_keep_released(file, true);
    first = register_file_room(file, size, 1);
    assert_non_null(first);
    memset(first, 'x', size);
    register_file_release(file, first);
    again = register_file_array(file, size - size / 16, 1);
    assert_ptr_equal(again, first);
    for (size_t i = 0; i < size - size / 16; i++)
        assert_int_equal(again[i], 0);
    register_file_release(file, again);
    larger = register_file_room(file, 2 * size, 1); /* nothing kept suits */
    assert_non_null(larger);
    memset(larger, 'y', 2 * size);
    register_file_keep_released(file, false);
    register_file_release(file, larger);
    assert_non_null(register_file_array(file, size, 1));
    file = register_file_free(file);
}

static void sizes_that_overflow_are_refused(void **state)
{
    struct register_file *file = register_file_new();

    (void)state;
    assert_null(register_file_array(file, SIZE_MAX / 2, 4));
    assert_null(register_file_room(file, SIZE_MAX / 2, 4));
    file = register_file_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_of_all_sizes_are_zero_and_apart),
        cmocka_unit_test(giving_an_array_back_leaves_its_neighbours_alone),
        cmocka_unit_test(an_array_given_back_serves_again_only_while_that_is_wanted),
        cmocka_unit_test(sizes_that_overflow_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
