/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <jansson.h>
#include <string.h>

#include "../scratch.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "drill/csv_in.h"
#include "drill/drill.h"
#include "normalise/scheme.h"

/* Fontconfig keeps what it found until the process ends; no fault of ours. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

static struct drill_summary make(const char *folder, uint64_t seed, unsigned threads,
                                 bool bare_shuffled)
{
    struct drill_request request = {.folder = folder,
                                    .persons = 1200,
                                    .employers = 96,
                                    .months = 14,
                                    .rows = 500,
                                    .documents = 7,
                                    .seed = seed,
                                    .threads = threads,
                                    .no_header = bare_shuffled,
                                    .shuffle_columns = bare_shuffled};
    struct drill_summary summary;
    struct tq_error err;

    if (drill_make(&request, &summary, &err) < 0)
        fail_msg("%s", err.message);
    return summary;
}

/* All files below a folder by path and content, as one number that does not depend on the order in
 * which the folder lists them. */
static uint64_t digest_of(const char *folder)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = {7};
    DIR *dir = opendir(folder);
    struct dirent *entry;
    uint64_t sum = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char *path = file_join(folder, entry->d_name);
        struct buf content = {0};
        struct tq_error err;

        assert_non_null(path);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
            sum += digest_of(path) * 3 + siphash(key, entry->d_name, strlen(entry->d_name));
        } else if (entry->d_type != DT_DIR) {
            assert_int_equal(file_load(path, (size_t)1 << 30, &content, &err), 0);
            buf_add_text(&content, entry->d_name);
            sum += siphash(key, content.data, content.length);
        }
        buf_clear(&content);
        free(path);
    }
    closedir(dir);
    return sum;
}

static void the_same_request_gives_the_same_bytes_for_any_number_of_threads(void **state)
{
    make(scratch_path(state, "a"), 3, 1, false);
    make(scratch_path(state, "b"), 3, 3, false);
    assert_true(digest_of(scratch_path(state, "a")) == digest_of(scratch_path(state, "b")));
}

static void another_seed_gives_another_drill(void **state)
{
    struct drill_summary a = make(scratch_path(state, "a"), 3, 1, false);
    struct drill_summary b = make(scratch_path(state, "b"), 4, 1, false);

    assert_true(digest_of(scratch_path(state, "a")) != digest_of(scratch_path(state, "b")));
    assert_true(a.snapshot != b.snapshot);
}

static void a_drill_is_its_own_perfect_case(void **state)
{
    struct drill_summary summary = make(scratch_path(state, "a"), 5, 1, false);
    struct drill_score *score = NULL;
    struct tq_error err;

    assert_int_equal(
        drill_score(scratch_path(state, "a"), scratch_path(state, "a/truth"), &score, &err), 0);
    assert_int_equal(score->records_true, summary.records);
    assert_int_equal(score->missing + score->extra, 0);
    assert_true(score->all.macro_f1 == 1 && score->all.precision == 1 && score->all.recall == 1);
    assert_int_equal(score->exhibits_found, summary.leak_files);
    for (size_t i = 0; i < score->dating_count; i++)
        assert_true(score->datings[i].covered);
    drill_score_free(score);
}

static void records_stand_in_the_order_of_the_exports(void **state)
{
    struct csv_in in;
    struct tq_error err;
    struct buf before = {0};
    long number_before = 0;
    bool more;

    make(scratch_path(state, "a"), 6, 1, false);
    assert_int_equal(csv_in_open(&in, scratch_path(state, "a/truth"), "records.csv", &err), 0);
    for (;;) {
        assert_int_equal(csv_in_next(&in, &more, &err), 0);
        if (!more)
            break;
        struct slice exhibit = csv_in_field(&in, 0);
        long number = strtol(csv_in_field(&in, 1).data, NULL, 10);
        int order = slice_compare(buf_slice(&before), exhibit);

        assert_true(order < 0 || (order == 0 && number == number_before + 1));
        assert_true(order == 0 || number == 1);
        number_before = number;
        buf_empty(&before);
        buf_add_slice(&before, exhibit);
    }
    csv_in_close(&in);
    buf_clear(&before);
}

/* Call `check` with every field of a column of a register file. */
static void each_field(const char *folder, const char *file, const char *name,
                       void (*check)(struct slice))
{
    struct csv_in in;
    struct tq_error err;
    uint32_t column;
    bool more = true;

    assert_int_equal(csv_in_open(&in, folder, file, &err), 0);
    assert_int_equal(csv_in_column(&in, name, &column, &err), 0);
    while (csv_in_next(&in, &more, &err) == 0 && more)
        check(csv_in_field(&in, column));
    csv_in_close(&in);
}

static void check_immat(struct slice value)
{
    assert_true(value.data[0] == '8'
                && scheme_accepts(scheme_find(SLICE_LITERAL("ma-cnss-person-drill")), value));
}

static void check_account(struct slice value)
{
    assert_true(slice_starts(value, SLICE_LITERAL("999"))
                && scheme_accepts(scheme_find(SLICE_LITERAL("ma-rib")), value));
}

static void check_card(struct slice value)
{
    assert_true(slice_starts(value, SLICE_LITERAL("ZZ"))
                || slice_starts(value, SLICE_LITERAL("QZ")));
}

static void check_phone(struct slice value)
{
    assert_true(slice_starts(value, SLICE_LITERAL("+999")));
}

static bool ends(struct slice value, struct slice tail)
{
    return value.length >= tail.length
           && slice_equal(slice_skip(value, value.length - tail.length), tail);
}

static void check_email(struct slice value)
{
    assert_true(value.length == 0 || ends(value, SLICE_LITERAL("example.org"))
                || ends(value, SLICE_LITERAL(".invalid")));
}

static void check_ice(struct slice value)
{
    assert_true(slice_starts(value, SLICE_LITERAL("999"))
                && scheme_accepts(scheme_find(SLICE_LITERAL("ma-ice")), value));
}

static void check_affil(struct slice value)
{
    assert_true(scheme_accepts(scheme_find(SLICE_LITERAL("ma-cnss-employer")), value));
}

static void the_register_holds_safe_numbers_only(void **state)
{
    const char *folder = scratch_path(state, "a/register");

    make(scratch_path(state, "a"), 7, 1, false);
    each_field(folder, "assures.csv", "immat", check_immat);
    each_field(folder, "assures.csv", "cin", check_card);
    each_field(folder, "comptes.csv", "rib", check_account);
    each_field(folder, "coordonnees.csv", "telephone", check_phone);
    each_field(folder, "coordonnees.csv", "courriel", check_email);
    each_field(folder, "employeurs.csv", "ice", check_ice);
    each_field(folder, "employeurs.csv", "affil", check_affil);
    each_field(folder, "employeurs.csv", "telephone", check_phone);
}

/* Whether a record of the truth says this word of a registration number, for each verdict. */
static void count_verdicts(const char *folder, unsigned counts[2])
{
    struct csv_in in;
    struct tq_error err;
    bool more;

    assert_int_equal(csv_in_open(&in, folder, "records.csv", &err), 0);
    while (csv_in_next(&in, &more, &err) == 0 && more) {
        struct slice cells = csv_in_field(&in, 7);
        json_t *root = json_loadb(cells.data, cells.length, 0, NULL);

        assert_true(json_is_array(root));
        for (size_t i = 0; i < json_array_size(root); i++)
            assert_int_equal(json_array_size(json_array_get(root, i)), 3);
        counts[0] += (unsigned)json_array_size(root);
        counts[1]++;
        json_decref(root);
    }
    csv_in_close(&in);
}

static void columns_may_be_shuffled_and_headers_left_out(void **state)
{
    unsigned plain[2] = {0}, shuffled[2] = {0};
    struct drill_summary a = make(scratch_path(state, "a"), 8, 1, false);
    struct drill_summary b = make(scratch_path(state, "b"), 8, 1, true);

    count_verdicts(scratch_path(state, "a/truth"), plain);
    count_verdicts(scratch_path(state, "b/truth"), shuffled);
    assert_int_equal(a.records, b.records);
    assert_int_equal(plain[1], shuffled[1]);
    assert_true(shuffled[0] > plain[0] * 9 / 10 && shuffled[0] < plain[0] * 11 / 10);
}

static void a_request_that_makes_no_sense_is_refused(void **state)
{
    struct drill_request request = {
        .folder = *state, .persons = 1000, .rows = 900, .documents = -1};
    struct drill_summary summary;
    struct tq_error err;

    assert_int_equal(drill_make(&request, &summary, &err), TQ_E_USAGE);
    request.rows = 0;
    request.persons = 3;
    assert_int_equal(drill_make(&request, &summary, &err), TQ_E_USAGE);
    request.persons = 1000;
    request.months = 3;
    assert_int_equal(drill_make(&request, &summary, &err), TQ_E_USAGE);
}

static void a_folder_that_holds_a_drill_is_refused(void **state)
{
    struct drill_request request = {
        .folder = scratch_path(state, "a"), .persons = 1200, .documents = 0, .seed = 1};
    struct drill_summary summary;
    struct tq_error err;

    assert_int_equal(mkdir(scratch_path(state, "a"), 0755), 0);
    assert_int_equal(mkdir(scratch_path(state, "a/leak"), 0755), 0);
    assert_int_equal(drill_make(&request, &summary, &err), TQ_E_USAGE);
    assert_non_null(strstr(err.message, "a/leak"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_request_gives_the_same_bytes_for_any_number_of_threads),
        TEST(another_seed_gives_another_drill),
        TEST(a_drill_is_its_own_perfect_case),
        TEST(records_stand_in_the_order_of_the_exports),
        TEST(the_register_holds_safe_numbers_only),
        TEST(columns_may_be_shuffled_and_headers_left_out),
        TEST(a_request_that_makes_no_sense_is_refused),
        TEST(a_folder_that_holds_a_drill_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
