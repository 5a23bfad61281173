/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "register/description.h"
#include "scratch_folder.h"

#define HEAD                                                          \
    "register: {name: Caisse, country: ma, timezone: Africa/Tunis}\n" \
    "subjects: [person, employer]\n"                                  \
    "tables:\n"                                                       \
    "  - name: insured\n"                                             \
    "    subject: person\n"                                           \
    "    key: immat\n"                                                \
    "    file: a.csv\n"

static struct scratch scratch;

static int make_folder(void **state)
{
    (void)state;
    scratch_make(&scratch);
    (void)scratch_file(&scratch, "a.csv", "immat\n");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    scratch_remove(&scratch);
    return 0;
}

static int parse(const char *text, struct description **out, struct tq_error *err)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/register.yaml", scratch.folder);
    return description_parse(slice_of(text), path, out, err);
}

static void refuses(const char *text, const char *place, const char *what)
{
    struct description *description = NULL;
    struct tq_error err = {0};

    assert_int_equal(parse(text, &description, &err), TQ_E_SYNTAX);
    assert_null(description);
    if (strncmp(err.message, place, strlen(place)) != 0 || !strstr(err.message, what))
        fail_msg("'%s' does not start with '%s', or lacks '%s'", err.message, place, what);
}

static void reads_what_the_design_shows(void **state)
{
    struct description *d = NULL;
    struct tq_error err = {0};

    (void)state;
    assert_int_equal(
        parse("tables:\n" /* in any order */
              "  - name: insured\n"
              "    subject: person\n"
              "    key: immat\n"
              "    file: a.csv\n"
              "    delimiter: ';'\n"
              "    encoding: WINDOWS-1256\n"
              "    dates: mdy\n"
              "    valid: [vf, vt]\n"
              "    known: [kf, null]\n"
              "    columns:\n"
              "      nom: {field: family_name, type: family-name, category: identity}\n"
              "      nom_ar: {field: family_name, type: family-name, category: identity}\n"
              "      tel: {field: phone, type: phone, category: contact, country: FR}\n"
              "  - name: salary\n"
              "    subject: person\n"
              "    key: immat\n"
              "    file: a.csv\n"
              "    period: [annee, mois]\n"
              "    columns:\n"
              "      affil: {field: employer, type: ref, to: employer, category: employment}\n"
              "subjects: [person, employer]\n"
              "register:\n"
              "  name: Caisse modele\n"
              "  country: MA\n"
              "  timezone: Africa/Casablanca\n",
              &d, &err),
        TQ_OK);
    assert_string_equal(d->name, "Caisse modele");
    assert_int_equal(d->kind_count, 2);
    assert_int_equal(d->table_count, 2);
    assert_int_equal(d->field_count, 3);
    assert_int_equal(d->tables[0].delimiter, ';');
    assert_string_equal(d->tables[1].period, "annee");
    assert_string_equal(d->tables[1].period_month, "mois");
    assert_true(d->tables[0].has_dates);
    assert_int_equal(d->tables[0].dates, DATE_MDY);
    assert_false(d->tables[1].has_dates);
    assert_string_equal(d->tables[0].known_from, "kf");
    assert_null(d->tables[0].known_to);
    assert_int_equal(d->tables[0].columns[0].field, d->tables[0].columns[1].field);
    assert_string_equal(d->tables[0].columns[2].country->code, "FR");
    assert_true(d->fields[2].periodic);
    assert_int_equal(d->fields[2].ref_kind, 1);
    d = description_free(d);
}

static void a_date_may_have_columns_of_its_parts(void **state)
{
    struct description *d = NULL;
    struct tq_error err = {0};

    (void)state;
    assert_int_equal(parse(HEAD
                           "    columns:\n"
                           "      [an, mois, jour]: {field: born, type: date, category: identity}\n"
                           "      [an2, mois2]: {field: since, type: month, category: employment}\n"
                           "      nom: {field: name, type: family-name, category: identity}\n",
                           &d, &err),
                     TQ_OK);
    assert_string_equal(d->tables[0].columns[0].header, "an");
    assert_string_equal(d->tables[0].columns[0].month, "mois");
    assert_string_equal(d->tables[0].columns[0].day, "jour");
    assert_string_equal(d->tables[0].columns[1].month, "mois2");
    assert_null(d->tables[0].columns[1].day);
    assert_null(d->tables[0].columns[2].month);
    d = description_free(d);

    refuses(HEAD "    columns:\n      [a, b, c]: {field: n, type: month, category: identity}\n",
            "register.yaml:9:", "[a, b, c] are those of a year, a month and a day");
    refuses(HEAD "    columns:\n      [a, b]: {field: n, type: date, category: identity}\n",
            "register.yaml:9:", "type month is wanted, not date");
    refuses(HEAD "    columns:\n      [a]: {field: n, type: date, category: identity}\n",
            "register.yaml:9:", "[year, month, day]");
    refuses(HEAD "    columns:\n      [a, b, {}]: {field: n, type: date, category: identity}\n",
            "register.yaml:9:", "must be one word");
    refuses(HEAD "    columns:\n      [a, b, c]: {field: n, category: identity}\n",
            "register.yaml:9:", "column '[a, b, c]' needs a type");
}

static void refuses_unknown_words_and_says_what_would_be_right(void **state)
{
    (void)state;
    refuses(HEAD "    columns:\n      immat: {field: n, type: dat, category: identity}\n",
            "register.yaml:9:31: unknown type 'dat'", "did you mean 'date'?");
    refuses(HEAD "    columns:\n      immat: {field: n, type: id, category: identiti}\n",
            "register.yaml:9:", "did you mean 'identity'?");
    refuses(HEAD "    columns:\n      immat: {feild: n, type: id, category: identity}\n",
            "register.yaml:9:15: unknown key of a column 'feild'", "did you mean 'field'?");
    refuses(HEAD
            "    columns:\n      immat: {field: n, type: id, category: identity, check: ibam}\n",
            "register.yaml:9:", "'iban'");
    refuses(HEAD "    colums: {}\n", "register.yaml:8:5: unknown key of a table 'colums'",
            "did you mean 'columns'?");
    refuses("registre: {}\n", "register.yaml:1:1: unknown key 'registre'", "'register'");
    refuses("register: {name: x, timezone: Africa/Casa}\nsubjects: [p]\ntables: []\n",
            "register.yaml:1:31: unknown timezone", "Africa/Casablanca");
    refuses("register: {name: x, country: MAR}\nsubjects: [p]\ntables: []\n",
            "register.yaml:1:30: country", "two letters");
}

static void refuses_what_is_missing(void **state)
{
    (void)state;
    refuses("", "register.yaml:1:1: the description is empty", "");
    refuses("register: {name: x}\nsubjects: [p]\n", "register.yaml:1:1: 'tables' is missing", "");
    refuses("register: {}\nsubjects: [p]\ntables: []\n", "register.yaml:1:11:", "needs a name");
    refuses(HEAD, "register.yaml:4:5: table 'insured' needs 'columns'", "");
    refuses(HEAD "    columns:\n      immat: {type: id, category: identity}\n",
            "register.yaml:9:7: column 'immat' needs a field", "");
    refuses(HEAD "    columns:\n      immat: {field: n, category: identity}\n",
            "register.yaml:9:7: column 'immat' needs a type", "");
    refuses(HEAD "    columns:\n      e: {field: n, type: ref, category: employment}\n",
            "register.yaml:9:7:", "'to: KIND'");
    refuses("register: {name: x}\nsubjects: [p]\ntables:\n  - {name: t, subject: p, file: a.csv}\n",
            "register.yaml:4:5:", "needs 'key'");
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    refuses(HEAD "    columns:\n"
                 "      a: {field: n, type: id, category: identity}\n"
                 "      b: {field: n, type: date, category: identity}\n",
            "register.yaml:10:27: field 'n' has type id in line 9, here date", "");
    refuses(HEAD "    columns:\n      e: {field: n, type: id, to: employer, category: identity}\n",
            "register.yaml:9:", "'to' is for type ref");
    refuses(HEAD "    columns:\n      e: {field: n, type: ref, to: horse, category: identity}\n",
            "register.yaml:9:", "known are person, employer");
    refuses(HEAD "    file: b.csv\n", "register.yaml:8:5: 'file' is given twice, first in line 7",
            "");
    refuses("register: {name: x}\nsubjects: [p]\ntables:\n"
            "  - {name: t, subject: p, key: k, file: none.csv, columns: {}}\n",
            "register.yaml:4:41: file 'none.csv': No such file", "");
    refuses("register: {name: x}\nsubjects: [p]\ntables:\n"
            "  - {name: t, subject: p, key: k, columns: {}}\n",
            "register.yaml:4:", "'table'");
    refuses("register: {name: x}\nsubjects: [p]\ntables:\n"
            "  - {name: t, subject: p, key: k, table: a, sql: SELECT 1, columns: {}}\n",
            "register.yaml:4:", "the other is in line 4");
    refuses(HEAD "    sql: SELECT 1\n", "register.yaml:8:10:", "the other is in line 7");
    refuses("register: {name: x}\nsubjects: [p]\ntables:\n"
            "  - {name: t, subject: p, key: k, table: a, delimiter: ';', columns: {}}\n",
            "register.yaml:4:", "only a 'file'");
    refuses(HEAD "    period: [year, null]\n", "register.yaml:8:13: period", "[year, month]");
    refuses(HEAD "    dates: mdj\n", "register.yaml:8:12: unknown order of dates 'mdj'",
            "did you mean 'mdy'?");
    refuses(HEAD "    delimiter: ab\n", "register.yaml:8:16: delimiter", "one ASCII character");
    refuses(HEAD "    encoding: klingon\n", "register.yaml:8:15: unknown encoding", "WINDOWS-1256");
    refuses(HEAD "    known: kf\n", "register.yaml:8:12: known must be a list of two", "");
    refuses(HEAD "    columns:\n      a: {field: 'a>b', type: id, category: identity}\n",
            "register.yaml:9:", "one word");
    refuses("register: {name: x}\nsubjects: [p, p]\ntables: []\n",
            "register.yaml:2:15: 'p' is listed twice", "");
    refuses("register: [\n", "register.yaml:2:1: not YAML", "");
    refuses(HEAD "    columns:\n      a: {field: n, type: id, category: identity}\n---\nb: 1\n",
            "register.yaml:11:1: a second document begins here", "");
    refuses(HEAD "    columns:\n      a: {field: n, type: date, category: identity, check: luhn}\n",
            "register.yaml:9:60: 'check' is for identifiers", "has type date");
}

static void refuses_a_field_with_and_without_period(void **state)
{
    (void)state;
    refuses(HEAD "    columns:\n      a: {field: n, type: id, category: identity}\n"
                 "  - {name: t, subject: person, key: k, file: a.csv, period: m,\n"
                 "     columns: {a: {field: n, type: id, category: identity}}}\n",
            "register.yaml:11:", "without a period in line 9");
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    for (unsigned nth = 1;; nth++) {
        struct description *description = NULL;
        struct tq_error err = {0};
        int r;

        alloc_fail_nth(nth);
        r = parse(HEAD "    columns:\n      immat: {field: n, type: id, category: identity}\n"
                       "      [a, b, c]: {field: d, type: date, category: identity}\n",
                  &description, &err);
        alloc_fail_nth(0);
        if (r == TQ_OK) {
            description = description_free(description);
            break;
        }
        assert_int_equal(r, TQ_E_NOMEM);
        assert_null(description);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_design_shows),
        cmocka_unit_test(a_date_may_have_columns_of_its_parts),
        cmocka_unit_test(refuses_unknown_words_and_says_what_would_be_right),
        cmocka_unit_test(refuses_what_is_missing),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(refuses_a_field_with_and_without_period),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
