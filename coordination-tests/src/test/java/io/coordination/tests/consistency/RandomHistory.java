package io.coordination.tests.consistency;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Histories to try the checker on. */
final class RandomHistory {

    private RandomHistory() {}

    /** What callers of a register see that takes each operation at one moment and loses some answers, or some questions. */
    static List<Operation> ofARegister(Random random, int count, int callers) {
        List<Operation> history = new ArrayList<>();
        long[] free = new long[callers];
        long state = Operation.ABSENT;
        long now = 0;
        for (int i = 1; i <= count; i++) {
            now += 10;
            int caller = random.nextInt(callers);
            long invoked = Math.max(free[caller], now - random.nextInt(60));
            if (invoked >= now) {
                continue;
            }
            long returned = now + 1 + random.nextInt(60);
            free[caller] = returned + 1;
            Operation operation = at(random, state, i, invoked, returned);
            boolean applied = operation.isAnswered() || random.nextBoolean();
            history.add(operation);
            state = applied && operation.fits(state) ? operation.after(state) : state;
        }
        return history;
    }

    private static Operation at(Random random, long state, long value, long invoked, long returned) {
        long heard = random.nextInt(8) == 0 ? Operation.NEVER : returned;
        return switch (random.nextInt(4)) {
            case 0, 1 -> Operation.read(state, invoked, returned);
            case 2 -> Operation.write(value, invoked, heard);
            default -> Operation.swap(state, random.nextInt(3) == 0 ? Operation.ABSENT : value, invoked, heard);
        };
    }

    /** Operations with few values and answers at random. */
    static List<Operation> ofGuesses(Random random, int count) {
        List<Operation> history = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long invoked = random.nextInt(20);
            long returned = invoked + 1 + random.nextInt(10);
            long heard = random.nextInt(4) == 0 ? Operation.NEVER : returned;
            long value = random.nextInt(3);
            history.add(
                    switch (random.nextInt(3)) {
                        case 0 -> Operation.read(value, invoked, returned);
                        case 1 -> Operation.write(value, invoked, heard);
                        default -> Operation.swap(random.nextInt(3), value, invoked, heard);
                    });
        }
        return history;
    }

    /** The definition, taken literally: every order, with every choice of unanswered operations left out. */
    static boolean someOrderExplains(List<Operation> history) {
        return explains(history, Operation.ABSENT);
    }

    private static boolean explains(List<Operation> left, long state) {
        if (left.stream().noneMatch(Operation::isAnswered)) {
            return true;
        }
        for (Operation next : left) {
            boolean mayBeNext = left.stream().noneMatch(other -> other.returned() < next.invoked());
            if (mayBeNext && next.fits(state)) {
                List<Operation> rest = new ArrayList<>(left);
                rest.remove(next);
                if (explains(rest, next.after(state))) {
                    return true;
                }
            }
        }
        return false;
    }
}
