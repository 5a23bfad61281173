/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/text.h"
#include "synthetic.h"

#define TABLES_MAX    16
#define COLUMNS_MAX   64
#define ROWS_MAX      4000
#define DOCUMENTS_MAX 400

/* What came out. Rows are kept as text, one after another. */
struct output {
    uint32_t table_count;
    struct {
        char name[32];
        uint32_t column_count, slot_count, row_count;
        char header[COLUMNS_MAX][128];
        char **rows[ROWS_MAX]; /* row, column */
        uint32_t exhibits[ROWS_MAX];
        uint64_t places[ROWS_MAX];
    } tables[TABLES_MAX];
    bool loose[DOCUMENTS_MAX];
    uint32_t loose_count;
    int fail_at; /* calls until the sink fails; 0: never */
};

struct world {
    struct synthetic documents[DOCUMENTS_MAX];
    uint32_t count;
};

static int load(void *state, uint32_t number, void *scratch, const struct page **out_pages,
                uint32_t *out_page_count, struct tq_error *err)
{
    struct world *world = state;

    (void)scratch;
    (void)err;
    *out_pages = world->documents[number].pages;
    *out_page_count = world->documents[number].page_count;
    return TQ_OK;
}

static uint32_t exhibit_of(void *state, uint32_t number)
{
    (void)state;
    return number + 1000;
}

static void *scratch_new(void *state)
{
    (void)state;
    return malloc(1);
}

static int on_table(void *state, const struct table *table, struct tq_error *err)
{
    struct output *output = state;
    uint32_t i = output->table_count++;

    (void)err;
    assert_true(i < TABLES_MAX && table->column_count <= COLUMNS_MAX);
    assert_int_equal(table->shape, SHAPE_DOCUMENTS);
    assert_string_equal(table->origin, "layout");
    (void)snprintf(output->tables[i].name, 32, "%s", table->name);
    output->tables[i].column_count = table->column_count;
    output->tables[i].slot_count = table->slot_count;
    for (uint32_t c = 0; c < table->column_count; c++) {
        (void)snprintf(output->tables[i].header[c], 128, "%s", table->headers[c]);
        assert_int_equal(table->blocks[c] > 0, c >= table->slot_count);
    }
    return TQ_OK;
}

static int on_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    struct output *output = state;
    uint32_t t = output->table_count - 1;

    if (output->fail_at > 0 && --output->fail_at == 0)
        return tq_fail(err, TQ_E_IO, "told to fail");
    assert_int_equal(batch->first_row, output->tables[t].row_count);
    for (uint32_t r = 0; r < batch->row_count; r++) {
        uint32_t at = output->tables[t].row_count++;
        char **row = calloc(batch->column_count, sizeof(*row));

        assert_non_null(row);
        assert_int_equal(batch->record[r], 1);
        if (at >= ROWS_MAX)
            fail();
        for (uint32_t c = 0; c < batch->column_count; c++) {
            struct slice cell = batch_cell(batch, r, c);

            row[c] = strndup(cell.length ? cell.data : "", cell.length);
        }
        output->tables[t].rows[at] = row;
        output->tables[t].exhibits[at] = batch->exhibit[r];
        output->tables[t].places[at] = batch->place[r];
    }
    return TQ_OK;
}

static int on_loose(void *state, uint32_t document, struct tq_error *err)
{
    struct output *output = state;

    (void)err;
    assert_false(output->loose[document]);
    output->loose[document] = true;
    output->loose_count++;
    return TQ_OK;
}

static void output_clear(struct output *output)
{
    for (uint32_t t = 0; t < output->table_count; t++) {
        for (uint32_t r = 0; r < output->tables[t].row_count; r++) {
            for (uint32_t c = 0; c < output->tables[t].column_count; c++)
                free(output->tables[t].rows[r][c]);
            free(output->tables[t].rows[r]);
        }
    }
    memset(output, 0, sizeof(*output));
}

static int run(struct world *world, unsigned threads, struct output *output, struct tq_error *err)
{
    struct document_source source = {.state = world,
                                     .count = world->count,
                                     .load = load,
                                     .exhibit = exhibit_of,
                                     .scratch_new = scratch_new,
                                     .scratch_free = free};
    struct layout_sink sink = {
        .state = output, .table = on_table, .rows = on_rows, .loose = on_loose};

    return layout_build(&source, threads, &sink, err);
}

static void add(struct world *world, enum kind kind, unsigned number)
{
    assert_true(world->count < DOCUMENTS_MAX);
    synthetic_make(&world->documents[world->count++], kind, number);
}

static void world_clear(struct world *world)
{
    for (uint32_t i = 0; i < world->count; i++)
        synthetic_clear(&world->documents[i]);
    world->count = 0;
}

static void show(const struct output *output)
{
    if (!getenv("SHOW_TABLES"))
        return;
    for (uint32_t t = 0; t < output->table_count; t++) {
        print_message("%s: %u rows, %u slots\n", output->tables[t].name,
                      output->tables[t].row_count, output->tables[t].slot_count);
        for (uint32_t r = 0; r < output->tables[t].row_count && r < 8; r++) {
            for (uint32_t c = 0; c < output->tables[t].column_count; c++)
                print_message("  [%s] %s\n", output->tables[t].header[c],
                              output->tables[t].rows[r][c]);
            print_message("  --\n");
        }
    }
    print_message("%u loose\n", output->loose_count);
}

/* The value is in a column whose header ends in the label (running text has longer ones). */
static void assert_fact(const struct output *output, uint32_t t, uint32_t r, const char *label,
                        const char *value)
{
    size_t wanted = strlen(label);

    for (uint32_t c = 0; c < output->tables[t].slot_count; c++) {
        const char *header = output->tables[t].header[c];
        size_t length = strlen(header);

        if (length >= wanted && strcmp(header + length - wanted, label) == 0
            && strcmp(output->tables[t].rows[r][c], value) == 0)
            return;
    }
    for (uint32_t c = 0; c < output->tables[t].slot_count; c++)
        print_message("[%s] %s\n", output->tables[t].header[c], output->tables[t].rows[r][c]);
    fail_msg("%s: exhibit %u: '%s' should be '%s'", output->tables[t].name,
             output->tables[t].exhibits[r], label, value);
}

static void assert_line(const struct output *output, uint32_t t, uint32_t r,
                        const struct truth *truth, unsigned line)
{
    for (unsigned k = 0; k < truth->cell_count; k++) {
        bool found = false;

        for (uint32_t c = output->tables[t].slot_count; c < output->tables[t].column_count; c++)
            found |= strcmp(output->tables[t].header[c], truth->header[k]) == 0
                     && strcmp(output->tables[t].rows[r][c], truth->cell[line][k]) == 0;
        if (!found)
            fail_msg("%s: exhibit %u line %u: '%s' should be '%s'", output->tables[t].name,
                     output->tables[t].exhibits[r], line, truth->header[k], truth->cell[line][k]);
    }
}

/* Each table holds documents of one kind, with every slot and every line right. */
static void assert_all_right(const struct world *world, const struct output *output)
{
    for (uint32_t t = 0; t < output->table_count; t++) {
        uint32_t r = 0;
        int kind = -1;

        while (r < output->tables[t].row_count) {
            uint32_t exhibit = output->tables[t].exhibits[r];
            const struct truth *truth = &world->documents[exhibit - 1000].truth;
            unsigned line = 0;

            assert_true(kind < 0 || kind == truth->kind);
            kind = truth->kind;
            do {
                for (unsigned i = 0; i < truth->fact_count; i++)
                    assert_fact(output, t, r, truth->label[i], truth->value[i]);
                if (truth->line_count > 0)
                    assert_line(output, t, r, truth, line);
                line++;
                r++;
            } while (r < output->tables[t].row_count && output->tables[t].exhibits[r] == exhibit);
            assert_int_equal(line, truth->line_count > 0 ? truth->line_count : 1);
        }
    }
}

static struct world world;
static struct output output, other;

static int tear_down(void **state)
{
    (void)state;
    world_clear(&world);
    output_clear(&output);
    output_clear(&other);
    return 0;
}

static void mixed_layouts_are_told_apart_and_read(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned i = 0; i < 280; i++)
        add(&world, (enum kind)(i % KIND_COUNT), i);
    assert_int_equal(run(&world, 2, &output, &err), TQ_OK);
    show(&output);
    assert_int_equal(output.table_count, KIND_COUNT - 1);
    assert_int_equal(output.loose_count, 280 / KIND_COUNT);
    for (uint32_t i = 0; i < world.count; i++)
        assert_int_equal(output.loose[i], world.documents[i].truth.kind == KIND_LETTER);
    assert_all_right(&world, &output);
}

static void one_kind_alone_is_read(enum kind kind, unsigned count)
{
    struct tq_error err;

    for (unsigned i = 0; i < count; i++)
        add(&world, kind, i + 7);
    assert_int_equal(run(&world, 1, &output, &err), TQ_OK);
    show(&output);
    assert_int_equal(output.table_count, 1);
    assert_int_equal(output.loose_count, 0);
    assert_all_right(&world, &output);
}

static void a_dozen_documents_are_enough(void **state)
{
    (void)state;
    one_kind_alone_is_read(KIND_BILINGUAL, 12);
    tear_down(NULL);
    one_kind_alone_is_read(KIND_LIST, 12);
    tear_down(NULL);
    one_kind_alone_is_read(KIND_LABELS_ABOVE, 12);
    tear_down(NULL);
    one_kind_alone_is_read(KIND_ARABIC, 14);
}

/* A wrapped address makes no table of lines; whatever stands below the values of a row of labels is
 * none of theirs; and a total belongs to the label at the far left. */
static void labels_above_keep_their_values(void **state)
{
    (void)state;
    one_kind_alone_is_read(KIND_STATEMENT, 120);
    for (uint32_t r = 0; r < output.tables[0].row_count; r++)
        assert_int_equal(output.tables[0].column_count, output.tables[0].slot_count + 3);
    tear_down(NULL);
    one_kind_alone_is_read(KIND_STATEMENT, 9);
}

static void a_rare_layout_is_found_among_many(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned i = 0; i < 390; i++)
        add(&world, i % 50 == 0 ? KIND_BILINGUAL : KIND_LABELS_LEFT, i);
    assert_int_equal(run(&world, 2, &output, &err), TQ_OK);
    assert_int_equal(output.table_count, 2);
    assert_string_equal(output.tables[0].name, "layout:1");
    assert_string_equal(output.tables[1].name, "layout:2");
    assert_int_equal(output.tables[1].row_count, 8);
    assert_all_right(&world, &output);
}

static void too_few_documents_are_loose(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        add(&world, KIND_BILINGUAL, i);
    assert_int_equal(run(&world, 1, &output, &err), TQ_OK);
    assert_int_equal(output.table_count, 0);
    assert_int_equal(output.loose_count, 3);
}

static void no_documents_give_nothing(void **state)
{
    struct tq_error err;

    (void)state;
    assert_int_equal(run(&world, 1, &output, &err), TQ_OK);
    assert_int_equal(output.table_count + output.loose_count, 0);
}

static void documents_without_words_are_loose(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        add(&world, KIND_LETTER, i);
        world.documents[i].pages[0].word_count = 0;
        world.documents[i].page_count = i % 2;
    }
    assert_int_equal(run(&world, 1, &output, &err), TQ_OK);
    assert_int_equal(output.loose_count, 6);
    for (unsigned i = 0; i < 6; i++)
        world.documents[i].page_count = 1; /* so that all memory is freed */
}

static void threads_do_not_change_the_output(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned i = 0; i < 140; i++)
        add(&world, (enum kind)(i % KIND_COUNT), i + 500);
    assert_int_equal(run(&world, 1, &output, &err), TQ_OK);
    assert_int_equal(run(&world, 4, &other, &err), TQ_OK);
    assert_int_equal(output.table_count, other.table_count);
    for (uint32_t t = 0; t < output.table_count; t++) {
        assert_int_equal(output.tables[t].row_count, other.tables[t].row_count);
        assert_int_equal(output.tables[t].column_count, other.tables[t].column_count);
        for (uint32_t r = 0; r < output.tables[t].row_count; r++) {
            assert_int_equal(output.tables[t].places[r], other.tables[t].places[r]);
            for (uint32_t c = 0; c < output.tables[t].column_count; c++)
                assert_string_equal(output.tables[t].rows[r][c], other.tables[t].rows[r][c]);
        }
    }
}

static void places_name_page_and_line(void **state)
{
    struct tq_error err;
    bool later_page = false;

    (void)state;
    for (unsigned i = 0; i < 12; i++)
        add(&world, KIND_LIST, i + 7);
    assert_int_equal(run(&world, 1, &output, &err), TQ_OK);
    assert_int_equal(output.tables[0].places[0], (uint64_t)1 << 32 | 4);
    for (uint32_t r = 0; r < output.tables[0].row_count; r++)
        later_page |= output.tables[0].places[r] >> 32 > 1;
    assert_true(later_page);
}

static void damaged_coordinates_do_no_harm(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        add(&world, KIND_LABELS_LEFT, i);
        world.documents[i].words[0][i].x0 = i % 2 ? __builtin_nanf("") : __builtin_inff();
        world.documents[i].words[0][i + 1].y1 = -1e30f;
        world.documents[i].words[0][i + 2].x1 = 0;
    }
    assert_int_equal(run(&world, 1, &output, &err), TQ_OK);
}

static void a_failing_sink_ends_it(void **state)
{
    struct tq_error err;

    (void)state;
    for (unsigned i = 0; i < 20; i++)
        add(&world, KIND_BILINGUAL, i);
    output.fail_at = 1;
    assert_int_equal(run(&world, 2, &output, &err), TQ_E_IO);
}

static void every_lack_of_memory_is_reported(void **state)
{
    struct tq_error err;
    unsigned nth = 1, successes = 0, failures = 0;

    (void)state;
    for (unsigned i = 0; i < 8; i++)
        add(&world, i % 2 ? KIND_BILINGUAL : KIND_LIST, i);
    while (successes < 4) { /* now and then one is done without */
        int r;

        output_clear(&output);
        alloc_fail_nth(nth);
        r = run(&world, 1, &output, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        successes = r == TQ_OK ? successes + 1 : 0;
        failures += r != TQ_OK;
        nth += 1 + nth / 40;
    }
    assert_true(failures > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(mixed_layouts_are_told_apart_and_read, tear_down),
        cmocka_unit_test_teardown(a_dozen_documents_are_enough, tear_down),
        cmocka_unit_test_teardown(labels_above_keep_their_values, tear_down),
        cmocka_unit_test_teardown(a_rare_layout_is_found_among_many, tear_down),
        cmocka_unit_test_teardown(too_few_documents_are_loose, tear_down),
        cmocka_unit_test_teardown(no_documents_give_nothing, tear_down),
        cmocka_unit_test_teardown(documents_without_words_are_loose, tear_down),
        cmocka_unit_test_teardown(threads_do_not_change_the_output, tear_down),
        cmocka_unit_test_teardown(places_name_page_and_line, tear_down),
        cmocka_unit_test_teardown(damaged_coordinates_do_no_harm, tear_down),
        cmocka_unit_test_teardown(a_failing_sink_ends_it, tear_down),
        cmocka_unit_test_teardown(every_lack_of_memory_is_reported, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
