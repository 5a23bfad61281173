/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A score for people and for programs. */
#include "base/buf.h"
#include "base/escape.h"
#include "drill/drill.h"
#include "model/verdict.h"

#define ULL(value) ((unsigned long long)(value))

static void add_table_text(const struct drill_table_score *table, struct buf *out)
{
    struct slice name = table->table ? slice_of(table->table) : SLICE_LITERAL("all");

    buf_add_text(out, "  ");
    escape_text(out, name);
    for (size_t i = name.length; i < 34; i++)
        buf_add_byte(out, ' ');
    buf_format(out, " %9llu  %8.5f %8.5f  %8.4f\n", ULL(table->records), table->precision,
               table->recall, table->macro_f1);
}

static void add_confusion_text(const struct drill_table_score *table, struct buf *out)
{
    buf_add_text(out, "\nVerdicts (row: truth, column: case)\n                ");
    for (unsigned v = 0; v < DRILL_VERDICTS; v++)
        buf_format(out, " %9.9s", record_verdict_name((enum record_verdict)v));
    buf_add_byte(out, '\n');
    for (unsigned v = 0; v < DRILL_VERDICTS; v++) {
        buf_format(out, "  %-14s", record_verdict_name((enum record_verdict)v));
        for (unsigned w = 0; w < DRILL_VERDICTS; w++)
            buf_format(out, " %9llu", ULL(table->confusion[v][w]));
        buf_add_byte(out, '\n');
    }
}

static double relative_error(const struct drill_count_score *count)
{
    if (count->truth == 0)
        return count->found ? 1 : 0;
    return ((double)count->found - (double)count->truth) / (double)count->truth;
}

static void add_counts_text(const struct drill_score *score, struct buf *out)
{
    buf_add_text(out, "\nSubjects                        truth      case     error    missed     "
                      "wrong\n");
    for (unsigned i = 0; i < 6; i++) {
        const struct drill_count_score *count = &score->counts[i];

        buf_format(out, "  %-14s %-9s %10llu %9llu %+8.3f%% %9llu %9llu\n", count->measure,
                   count->kind, ULL(count->truth), ULL(count->found), relative_error(count) * 100,
                   ULL(count->missed), ULL(count->wrong));
    }
}

static void add_calibration_text(const struct drill_score *score, struct buf *out)
{
    buf_format(out, "\nCalibration of the subject (Brier %.6f)\n", score->brier);
    for (unsigned i = 0; i < DRILL_BINS; i++) {
        const struct drill_bin *bin = &score->bins[i];

        if (bin->records == 0)
            continue;
        buf_format(out, "  %.1f to %.1f  %9llu records, said %.4f, right %.4f\n", i / 10.0,
                   (i + 1) / 10.0, ULL(bin->records), bin->posterior_sum / (double)bin->records,
                   (double)bin->right / (double)bin->records);
    }
}

static void add_datings_text(const struct drill_score *score, struct buf *out)
{
    buf_add_text(out, "\nSnapshots\n");
    for (size_t i = 0; i < score->dating_count; i++) {
        const struct drill_dating_score *dating = &score->datings[i];

        buf_add_text(out, "  ");
        escape_text(out, slice_of(dating->table));
        if (dating->dated)
            buf_format(out, ": %s, %.2f days wide\n", dating->covered ? "covered" : "NOT covered",
                       dating->width_days);
        else
            buf_add_text(out, ": not dated\n");
    }
}

static void add_breaks_text(const struct drill_break_score *breaks, struct buf *out)
{
    buf_format(out,
               "\nConsistency rules: %llu of %llu values made to break one are found; %llu of %llu "
               "told are of true records\n",
               ULL(breaks->found), ULL(breaks->made), ULL(breaks->unjust), ULL(breaks->told));
}

static void add_mosaic_text(const struct drill_mosaic_score *mosaic, struct buf *out)
{
    buf_format(
        out,
        "Mosaic: %llu of %llu register tables behind the leak are found, %llu are told; %llu "
        "of %llu choices of subjects are found\n",
        ULL(mosaic->sources_found), ULL(mosaic->sources), ULL(mosaic->sources_told),
        ULL(mosaic->filters_found), ULL(mosaic->filters));
}

static void add_mosaic_json(const struct drill_mosaic_score *mosaic, struct buf *out)
{
    buf_format(out,
               ",\"mosaic\":{\"sources\":%llu,\"sources_found\":%llu,\"sources_told\":%llu,"
               "\"filters\":%llu,\"filters_found\":%llu}",
               ULL(mosaic->sources), ULL(mosaic->sources_found), ULL(mosaic->sources_told),
               ULL(mosaic->filters), ULL(mosaic->filters_found));
}

static void add_pdf_text(const struct drill_pdf_score *pdf, struct buf *out)
{
    buf_format(out,
               "\nEdited documents: %llu of %llu signs that their editing left are found; %llu of "
               "%llu documents told were not edited\n",
               ULL(pdf->found), ULL(pdf->made), ULL(pdf->unjust), ULL(pdf->told));
}

void drill_score_text(const struct drill_score *score, struct buf *out)
{
    buf_format(out,
               "Records: %llu true, %llu in the case, %llu missing, %llu extra; exhibits: %llu "
               "of %llu\n\n",
               ULL(score->records_true), ULL(score->records_found), ULL(score->missing),
               ULL(score->extra), ULL(score->exhibits_found), ULL(score->exhibits_true));
    buf_add_text(out, "Tables                                records precision   recall  "
                      "macro-F1\n");
    add_table_text(&score->all, out);
    for (size_t i = 0; i < score->table_count; i++)
        add_table_text(&score->tables[i], out);
    add_confusion_text(&score->all, out);
    add_counts_text(score, out);
    add_calibration_text(score, out);
    add_datings_text(score, out);
    add_breaks_text(&score->breaks, out);
    add_mosaic_text(&score->mosaic, out);
    add_pdf_text(&score->pdf, out);
}

static void add_table_json(const struct drill_table_score *table, struct buf *out)
{
    buf_add_text(out, "{\"table\":");
    escape_json(out, slice_of(table->table ? table->table : ""));
    buf_format(out,
               ",\"records\":%llu,\"precision\":%.6f,\"recall\":%.6f,\"macro_f1\":%.6f,"
               "\"confusion\":[",
               ULL(table->records), table->precision, table->recall, table->macro_f1);
    for (unsigned v = 0; v < DRILL_VERDICTS; v++) {
        for (unsigned w = 0; w < DRILL_VERDICTS; w++)
            buf_format(out, "%s%llu", w ? "," : v ? ",[" : "[", ULL(table->confusion[v][w]));
        buf_add_byte(out, ']');
    }
    buf_add_text(out, "]}");
}

static void add_counts_json(const struct drill_score *score, struct buf *out)
{
    buf_add_text(out, ",\"counts\":[");
    for (unsigned i = 0; i < 6; i++) {
        const struct drill_count_score *count = &score->counts[i];

        buf_format(out,
                   "%s{\"measure\":\"%s\",\"kind\":\"%s\",\"truth\":%llu,\"case\":%llu,"
                   "\"error\":%.6f,\"missed\":%llu,\"wrong\":%llu}",
                   i ? "," : "", count->measure, count->kind, ULL(count->truth), ULL(count->found),
                   relative_error(count), ULL(count->missed), ULL(count->wrong));
    }
    buf_format(out, "],\"brier\":%.6f,\"reliability\":[", score->brier);
    for (unsigned i = 0; i < DRILL_BINS; i++) {
        const struct drill_bin *bin = &score->bins[i];
        double records = bin->records ? (double)bin->records : 1;

        buf_format(out, "%s{\"records\":%llu,\"said\":%.6f,\"right\":%.6f}", i ? "," : "",
                   ULL(bin->records), bin->posterior_sum / records, (double)bin->right / records);
    }
    buf_add_byte(out, ']');
}

void drill_score_json(const struct drill_score *score, struct buf *out)
{
    buf_format(out,
               "{\"records_true\":%llu,\"records_found\":%llu,\"missing\":%llu,\"extra\":%llu,"
               "\"exhibits_true\":%llu,\"exhibits_found\":%llu,\"verdicts\":[",
               ULL(score->records_true), ULL(score->records_found), ULL(score->missing),
               ULL(score->extra), ULL(score->exhibits_true), ULL(score->exhibits_found));
    for (unsigned v = 0; v < DRILL_VERDICTS; v++)
        buf_format(out, "%s\"%s\"", v ? "," : "", record_verdict_name((enum record_verdict)v));
    buf_add_text(out, "],\"all\":");
    add_table_json(&score->all, out);
    buf_add_text(out, ",\"tables\":[");
    for (size_t i = 0; i < score->table_count; i++) {
        if (i > 0)
            buf_add_byte(out, ',');
        add_table_json(&score->tables[i], out);
    }
    buf_add_byte(out, ']');
    add_counts_json(score, out);
    buf_add_text(out, ",\"snapshots\":[");
    for (size_t i = 0; i < score->dating_count; i++) {
        const struct drill_dating_score *dating = &score->datings[i];

        buf_add_text(out, i ? ",{\"table\":" : "{\"table\":");
        escape_json(out, slice_of(dating->table));
        buf_format(out, ",\"dated\":%s,\"covered\":%s,\"width_days\":%.4f}",
                   dating->dated ? "true" : "false", dating->covered ? "true" : "false",
                   dating->width_days);
    }
    buf_format(out, "],\"breaks\":{\"made\":%llu,\"found\":%llu,\"told\":%llu,\"unjust\":%llu}",
               ULL(score->breaks.made), ULL(score->breaks.found), ULL(score->breaks.told),
               ULL(score->breaks.unjust));
    add_mosaic_json(&score->mosaic, out);
    buf_format(out, ",\"pdf\":{\"made\":%llu,\"found\":%llu,\"told\":%llu,\"unjust\":%llu}}\n",
               ULL(score->pdf.made), ULL(score->pdf.found), ULL(score->pdf.told),
               ULL(score->pdf.unjust));
}
