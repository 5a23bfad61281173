/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka needs the above first */
#include <cmocka.h>

#include "base/alloc.h"
#include "reading/free_text.h"
#include "toy_register.h"
#include "toy_world.h"

#define WORDS_MAX 4096

struct fixture {
    struct toy_world *world;
    struct buf text;
    struct page_word words[WORDS_MAX];
    struct finding_batch findings;
    uint8_t kind;
};

static int set_up(void **state)
{
    struct fixture *fixture = alloc_zeroed(1, sizeof(*fixture));

    fixture->world = toy_world_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    toy_world_free(fixture->world);
    finding_batch_clear(&fixture->findings);
    buf_clear(&fixture->text);
    free(fixture);
    return 0;
}

/* The words of the text, a line each twelve words. */
static struct page make_page(struct fixture *fixture)
{
    struct page page = {.number = 1, .width = 595, .height = 842};
    size_t at = 0;

    while (at < fixture->text.length) {
        size_t length = strcspn(fixture->text.data + at, " \n");
        uint32_t i = page.word_count;
        float y = 20 * (float)(i / 12);

        if (length > 0) {
            fixture->words[i] = (struct page_word){.x0 = 10 * (float)(i % 12),
                                                   .y0 = y,
                                                   .x1 = 10 * (float)(i % 12) + 9,
                                                   .y1 = y + 10,
                                                   .text_offset = (uint32_t)at,
                                                   .text_length = (uint32_t)length};
            page.word_count++;
        }
        at += length + 1;
    }
    page.words = fixture->words;
    page.text = fixture->text.data;
    page.text_length = (uint32_t)fixture->text.length;
    return page;
}

static void search(struct fixture *fixture)
{
    struct page page = make_page(fixture);
    struct tq_error err;

    finding_batch_empty(&fixture->findings);
    assert_int_equal(free_text_search(fixture->world->reg, &page, 1, 7, &fixture->kind,
                                      &fixture->findings, &err),
                     TQ_OK);
    buf_empty(&fixture->text);
}

static uint8_t person_kind(const struct fixture *fixture)
{
    return reg_find_kind(fixture->world->reg, SLICE_LITERAL("person"));
}

static uint32_t subject_of(const struct fixture *fixture, int person)
{
    return toy_subject(fixture->world->reg, "person", fixture->world->persons[person].registration);
}

static bool has_cell(const struct fixture *fixture, size_t record, const char *field)
{
    const struct record_finding *found = &fixture->findings.records[record];
    uint16_t number = toy_field(fixture->world->reg, "person", field);

    for (uint32_t i = 0; i < found->cell_count; i++) {
        const struct cell_finding *cell = &fixture->findings.cells[found->cell_first + i];

        assert_int_equal(cell->verdict, CELL_AGREES);
        if (cell->column == number)
            return true;
    }
    return false;
}

static void a_letter_names_its_subject_and_facts(void **state)
{
    struct fixture *fixture = *state;
    const struct toy_person *p = &fixture->world->persons[17];

    buf_format(&fixture->text,
               "Nous certifions que M. %s %s , titulaire de la CIN:%s , ne le %02d/%02d/%d , "
               "demeurant au %s , est salarie de notre societe. RIB : %.3s %.9s %s",
               p->given, p->family, p->national, p->day, p->month, p->year, p->address, p->account,
               p->account + 3, p->account + 12);
    search(fixture);
    assert_int_equal(fixture->kind, person_kind(fixture));
    assert_int_equal(fixture->findings.record_count, 1);
    assert_int_equal(fixture->findings.records[0].subject, subject_of(fixture, 17));
    assert_int_equal(fixture->findings.records[0].verdict, RECORD_AUTHENTIC);
    assert_int_equal(fixture->findings.records[0].exhibit, 7);
    assert_int_equal(fixture->findings.records[0].record, 1);
    assert_true(fixture->findings.records[0].posterior >= LINK_LIKELY);
    assert_true(has_cell(fixture, 0, "national_id"));
    assert_true(has_cell(fixture, 0, "family_name"));
    assert_true(has_cell(fixture, 0, "given_name"));
    assert_true(has_cell(fixture, 0, "birth_date"));
    assert_true(has_cell(fixture, 0, "address"));
    assert_true(has_cell(fixture, 0, "account"));
    assert_false(has_cell(fixture, 0, "phone"));
    assert_false(has_cell(fixture, 0, "sex"));
}

static void an_identifier_alone_is_not_verified(void **state)
{
    struct fixture *fixture = *state;

    buf_format(&fixture->text, "objet : dossier %s en cours de traitement",
               fixture->world->persons[5].national);
    search(fixture);
    assert_int_equal(fixture->findings.record_count, 1);
    assert_int_equal(fixture->findings.records[0].subject, subject_of(fixture, 5));
    assert_int_equal(fixture->findings.records[0].verdict, RECORD_UNVERIFIABLE);
}

static void a_text_about_nobody_is_one_unverifiable_record(void **state)
{
    struct fixture *fixture = *state;

    buf_add_text(&fixture->text, "compte rendu de la reunion du 12 mars 2024 , 123456 points");
    search(fixture);
    assert_int_equal(fixture->kind, KIND_NONE);
    assert_int_equal(fixture->findings.record_count, 1);
    assert_int_equal(fixture->findings.records[0].subject, SUBJECT_NONE);
    assert_int_equal(fixture->findings.records[0].verdict, RECORD_UNVERIFIABLE);
    search(fixture); /* no words at all */
    assert_int_equal(fixture->findings.record_count, 1);
}

static void several_subjects_come_in_the_order_of_the_text(void **state)
{
    static const int order[] = {90, 3, 41};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 3; i++) {
        const struct toy_person *p = &fixture->world->persons[order[i]];

        buf_format(&fixture->text, "%s %s n\u00b0%s tel %.2s %.2s %.2s %.2s %.2s . ", p->family,
                   p->given, p->national, p->phone, p->phone + 2, p->phone + 4, p->phone + 6,
                   p->phone + 8);
    }
    search(fixture);
    assert_int_equal(fixture->findings.record_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fixture->findings.records[i].subject, subject_of(fixture, order[i]));
        assert_int_equal(fixture->findings.records[i].record, i + 1);
        assert_int_equal(fixture->findings.records[i].verdict, RECORD_AUTHENTIC);
        assert_true(has_cell(fixture, i, "family_name"));
        assert_true(has_cell(fixture, i, "phone"));
    }
}

static void the_employer_on_the_letterhead_is_not_the_subject(void **state)
{
    struct fixture *fixture = *state;
    const struct toy_person *p = &fixture->world->persons[30];
    const struct toy_employer *e = &fixture->world->employers[p->employer];

    buf_format(&fixture->text,
               "%s , affiliation %s , identifiant fiscal %s , tel %s , %s . Objet : attestation "
               "pour le numero %s",
               e->name, e->number, e->tax, e->phone, e->city, p->registration);
    search(fixture);
    assert_int_equal(fixture->kind, person_kind(fixture));
    assert_int_equal(fixture->findings.record_count, 1);
    assert_int_equal(fixture->findings.records[0].subject, subject_of(fixture, 30));
    assert_true(has_cell(fixture, 0, "employer"));
}

static void facts_beyond_the_mention_of_another_are_not_taken(void **state)
{
    struct fixture *fixture = *state;
    const struct toy_person *a = &fixture->world->persons[7], *b = &fixture->world->persons[8];

    buf_format(&fixture->text, "%s %s puis %s %s", b->address, a->national, b->national,
               a->address);
    search(fixture);
    assert_int_equal(fixture->findings.record_count, 2);
    assert_int_equal(fixture->findings.records[0].subject, subject_of(fixture, 7));
    assert_false(has_cell(fixture, 0, "address"));
    assert_false(has_cell(fixture, 1, "address"));

    buf_format(&fixture->text, "%s %s puis %s %s", a->address, a->national, b->national,
               b->address);
    search(fixture);
    assert_true(has_cell(fixture, 0, "address"));
    assert_true(has_cell(fixture, 1, "address"));
}

static void a_shared_phone_names_the_one_whose_facts_stand_there(void **state)
{
    static const char text[] = "country MA\n"
                               "kind person\n"
                               "field person given_name given-name identity\n"
                               "field person phone phone contact\n";
    struct fixture *fixture = *state;
    struct reg *kept = fixture->world->reg;
    struct buf description = {0};
    struct reg *own;

    buf_add_text(&description, text);
    buf_add_text(&description, "a | given_name | Nadia\na | phone | 0655443322\n"
                               "b | given_name | Karim\nb | phone | 0655443322\n");
    for (int i = 0; i < 400; i++)
        buf_format(&description, "s%03d | phone | 06%08u\ns%03d | given_name | Salma\n", i,
                   10000000u + (unsigned)i * 219907u, i);
    own = toy_register(description.data);
    buf_clear(&description);

    fixture->world->reg = own;
    buf_add_text(&fixture->text, "appeler Karim au 06 55 44 33 22 demain");
    search(fixture);
    assert_int_equal(fixture->findings.record_count, 1);
    assert_int_equal(fixture->findings.records[0].subject, toy_subject(own, "person", "b"));
    buf_add_text(&fixture->text, "appeler au 06 55 44 33 22 demain");
    search(fixture);
    assert_int_equal(fixture->findings.record_count, 1);
    assert_int_equal(fixture->findings.records[0].subject, SUBJECT_NONE);
    fixture->world->reg = kept;
    reg_free(own);
}

static void running_out_of_memory_is_reported(void **state)
{
    struct fixture *fixture = *state;
    const struct toy_person *p = &fixture->world->persons[17];
    struct page page;
    unsigned failures = 0;
    int r = TQ_E_NOMEM;

    buf_format(&fixture->text, "%s %s %s %s", p->given, p->family, p->national, p->phone);
    page = make_page(fixture);
    for (unsigned n = 1; r != TQ_OK; n++) {
        struct tq_error err = {0};

        finding_batch_clear(&fixture->findings);
        alloc_fail_nth(n);
        r = free_text_search(fixture->world->reg, &page, 1, 7, &fixture->kind, &fixture->findings,
                             &err);
        alloc_fail_nth(0);
        failures += r == TQ_E_NOMEM;
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
    }
    assert_true(failures > 3);
    buf_empty(&fixture->text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_names_its_subject_and_facts),
        cmocka_unit_test(an_identifier_alone_is_not_verified),
        cmocka_unit_test(a_text_about_nobody_is_one_unverifiable_record),
        cmocka_unit_test(several_subjects_come_in_the_order_of_the_text),
        cmocka_unit_test(the_employer_on_the_letterhead_is_not_the_subject),
        cmocka_unit_test(facts_beyond_the_mention_of_another_are_not_taken),
        cmocka_unit_test(a_shared_phone_names_the_one_whose_facts_stand_there),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
