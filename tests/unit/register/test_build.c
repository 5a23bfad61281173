/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "register/build.h"
#include "register/held.h"
#include "scratch_folder.h"
#include "toy_register.h"

#define YAML                                                                          \
    "register: {name: Caisse modele, country: MA, timezone: Africa/Casablanca}\n"     \
    "subjects: [person, employer]\n"                                                  \
    "tables:\n"                                                                       \
    "  - name: insured\n"                                                             \
    "    subject: person\n"                                                           \
    "    key: immat\n"                                                                \
    "    file: insured.csv\n"                                                         \
    "    columns:\n"                                                                  \
    "      immat: {field: registration_no, type: id, category: identity}\n"           \
    "      nom: {field: family_name, type: family-name, category: identity}\n"        \
    "      prenom: {field: given_name, type: given-name, category: identity}\n"       \
    "  - name: employers\n"                                                           \
    "    subject: employer\n"                                                         \
    "    key: affil\n"                                                                \
    "    file: employers.csv\n"                                                       \
    "    columns:\n"                                                                  \
    "      nom: {field: name, type: text, category: identity}\n"                      \
    "  - name: salary\n"                                                              \
    "    subject: person\n"                                                           \
    "    key: immat\n"                                                                \
    "    file: salary.csv\n"                                                          \
    "    period: mois\n"                                                              \
    "    known: [declared_at, null]\n"                                                \
    "    columns:\n"                                                                  \
    "      affil: {field: employer, type: ref, to: employer, category: employment}\n" \
    "      brut: {field: salary, type: amount, category: financial}\n"

struct heard {
    unsigned complaints;
    uint64_t rows;
};

static void complain(void *state, const char *message)
{
    struct heard *heard = state;

    assert_non_null(strstr(message, "insured.csv line 4"));
    heard->complaints++;
}

static void progress(void *state, const char *table, uint64_t rows, uint64_t rows_expected)
{
    struct heard *heard = state;

    assert_non_null(table);
    assert_int_equal(rows_expected, 0); /* a file does not say */
    heard->rows += rows;
}

static void builds_a_register_from_its_description(void **state)
{
    struct scratch scratch;
    struct heard heard = {0};
    struct build_summary summary;
    struct build_request request = {
        .threads = 2, .complain = complain, .progress = progress, .state = &heard};
    struct reg *reg = NULL;
    struct held_list list = {0};
    struct target target;
    struct tq_error err = {0};

    (void)state;
    scratch_make(&scratch);
    request.description_path = scratch_file(&scratch, "register.yaml", YAML);
    (void)scratch_file(&scratch, "insured.csv",
                       "immat,nom,prenom\n2,ALAOUI,Sara\n1,RAMI,Omar\n3\n");
    (void)scratch_file(&scratch, "employers.csv", "affil,nom\n70,ATLAS\n");
    (void)scratch_file(&scratch, "salary.csv",
                       "immat,mois,affil,brut,declared_at\n"
                       "2,2024-01,70,3000,2024-02-10\n"
                       "2,202402,70,\"3000,50\",2024-03-10\n");
    request.out_path = scratch_path(&scratch, "r.tqr");
    request.key_path = scratch_path(&scratch, "key");

    assert_int_equal(register_build(&request, &summary, &err), TQ_OK);
    assert_int_equal(summary.rows_read, 6);
    assert_int_equal(summary.rows_refused, 1);
    assert_int_equal(summary.table_count, 3);
    assert_int_equal(summary.facts, 11);
    assert_int_equal(heard.complaints, 1);
    assert_int_equal(heard.rows, 6);

    assert_int_equal(reg_open(request.out_path, request.key_path, &reg, &err), TQ_OK);
    assert_int_equal(reg_load_subjects(reg, &err), TQ_OK);
    assert_int_equal(reg_load(reg, NULL, FIELD_WHOLE, &err), TQ_OK);
    assert_string_equal(reg->name, "Caisse modele");
    assert_int_equal(reg->table_count, 3);
    assert_string_equal(reg->tables[2].name, "salary");
    assert_string_equal(reg->tables[2].key, "immat");
    assert_true(reg->tables[2].periodic);
    assert_int_equal(reg->tables[2].field_count, 2);
    assert_int_equal(reg->tables[2].fields[1], toy_field(reg, "person", "salary"));
    assert_int_equal(reg->tables[2].key_field, toy_field(reg, "person", "registration_no"));
    assert_int_equal(reg->tables[1].key_field, FIELD_NONE); /* no column says it */
    target = toy_target(reg, "person", "employer", "name");
    target.period_mode = PERIOD_ANY;
    assert_int_equal(
        held_find(reg, &target, toy_subject(reg, "person", "2"), MONTH_NONE, &list, &err), TQ_OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].key, toy_key(reg, target.field, "atlas"));
    assert_int_equal(list.items[0].known_from, toy_moment("2024-02-09T23:00"));
    held_list_clear(&list);
    reg = reg_free(reg);
    scratch_remove(&scratch);
}

static void a_mistake_leaves_nothing_behind(void **state)
{
    struct scratch scratch;
    struct build_summary summary;
    struct build_request request = {.threads = 1};
    struct tq_error err = {0};

    (void)state;
    scratch_make(&scratch);
    request.description_path = scratch_file(&scratch, "register.yaml", "register: {}\n");
    request.out_path = scratch_path(&scratch, "r.tqr");
    request.key_path = scratch_path(&scratch, "key");
    assert_int_equal(register_build(&request, &summary, &err), TQ_E_SYNTAX);
    assert_false(file_exists(request.out_path));
    assert_false(file_exists(request.key_path));
    request.description_path = "/nonexistent/register.yaml";
    assert_int_equal(register_build(&request, &summary, &err), TQ_E_IO);
    scratch_remove(&scratch);
}

#define SNAPSHOTS                                                  \
    "register: {name: Caisse modele, timezone: UTC}\n"             \
    "subjects: [person]\n"                                         \
    "tables:\n"                                                    \
    "  - name: insured\n"                                          \
    "    subject: person\n"                                        \
    "    key: immat\n"                                             \
    "    snapshots:\n"                                             \
    "      - {date: 2024-01-31, file: january.csv}\n"              \
    "      - {date: 2024-02-29, file: february.csv}\n"             \
    "      - {date: 2024-03-31, file: march.csv}\n"                \
    "    columns:\n"                                               \
    "      ville: {field: city, type: text, category: location}\n" \
    "      [an, mois, jour]: {field: born, type: date, category: identity}\n"

static void check_fact(const struct reg *reg, const char *key, uint32_t nth, const char *city,
                       int32_t known_from, int32_t known_to)
{
    const struct field *field = &reg->fields[toy_field(reg, "person", "city")];
    uint32_t i = field->fact_start[toy_subject(reg, "person", key)] + nth;

    assert_true(i < field->fact_start[toy_subject(reg, "person", key) + 1]);
    assert_true(slice_is(field_value_text(field, field->fact_value[i]), city));
    assert_int_equal(field->known_from[i], known_from);
    assert_int_equal(field->known_to[i], known_to);
}

/* 1 moves and 2 is away in February; memory may run out anywhere. */
static void dated_exports_give_known_intervals(void **state)
{
    struct scratch scratch;
    struct build_summary summary;
    struct build_request request = {.threads = 1};
    struct reg *reg = NULL;
    struct tq_error err = {0};
    int r = TQ_E_NOMEM;

    (void)state;
    scratch_make(&scratch);
    request.description_path = scratch_file(&scratch, "register.yaml", SNAPSHOTS);
    request.out_path = scratch_path(&scratch, "r.tqr");
    request.key_path = scratch_path(&scratch, "key");
    (void)scratch_file(&scratch, "january.csv",
                       "immat,ville,jour,mois,an\n1,Rabat,5,3,1980\n2,Fes,,,\n3,Safi,,,\n");
    (void)scratch_file(&scratch, "february.csv",
                       "immat,ville,jour,mois,an\n1,Rabat,5,3,1980\n3,Safi,,,\n");
    (void)scratch_file(&scratch, "march.csv",
                       "immat,ville,jour,mois,an\n1,Agadir,5,3,1980\n2,Fes,,,\n3,Safi,,,\n");
    for (unsigned nth = 1; r == TQ_E_NOMEM; nth++) {
        alloc_fail_nth(nth);
        r = register_build(&request, &summary, &err);
        alloc_fail_nth(0);
    }
    assert_int_equal(r, TQ_OK);
    assert_int_equal(summary.rows_read, 8);
    assert_int_equal(summary.facts, 6); /* with a birth date of three columns */
    assert_int_equal(reg_open(request.out_path, request.key_path, &reg, &err), TQ_OK);
    assert_int_equal(reg_load_subjects(reg, &err), TQ_OK);
    assert_int_equal(reg_load(reg, NULL, FIELD_WHOLE, &err), TQ_OK);
    check_fact(reg, "1", 0, "Rabat", toy_moment("2024-01-31"), toy_moment("2024-03-31"));
    check_fact(reg, "1", 1, "Agadir", toy_moment("2024-03-31"), MOMENT_MAX);
    check_fact(reg, "2", 0, "Fes", toy_moment("2024-01-31"), toy_moment("2024-02-29"));
    check_fact(reg, "2", 1, "Fes", toy_moment("2024-03-31"), MOMENT_MAX);
    check_fact(reg, "3", 0, "Safi", toy_moment("2024-01-31"), MOMENT_MAX);
    reg = reg_free(reg);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_a_register_from_its_description),
        cmocka_unit_test(a_mistake_leaves_nothing_behind),
        cmocka_unit_test(dated_exports_give_known_intervals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
