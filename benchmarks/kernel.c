/* The bridge of every period and of every window of twelve months, in one pass over a dense cube of whole units:
   the floor that benchmarks/run.py holds the package's kernel against. */
#include <stddef.h>

#define SUMS 12

static void step(const double *row, int periods, int back, double *sums) {
    int known = 0;
    for (int at = 0; at + back < periods; at++) {
        double before = row[at], after = row[at + back], *to = sums + (size_t)at * SUMS;
        known |= before > 0;
        to[0] += before;
        to[7] += before > 0;
        if (before > 0) {
            if (after > 0) {
                double change = after - before;
                to[10] += 1;
                if (change > 0) { to[3] += change; to[11] += 1; }
                else { to[4] -= change; }
            } else to[5] += before;
        } else if (after > 0) {
            if (known) { to[2] += after; to[9] += 1; }
            else { to[1] += after; to[8] += 1; }
        }
        to[6] += after;
    }
}

void kernel(const double *cube, long customers, int periods, double *monthly, double *yearly) {
    for (long at = 0; at < customers; at++) {
        step(cube + at * periods, periods, 1, monthly);
        step(cube + at * periods, periods, 12, yearly);
    }
}
