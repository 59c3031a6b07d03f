package io.coordination.memory;

import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.Txn.Relation;
import io.coordination.store.Txn.Target;
import io.coordination.store.TxnResult;
import io.coordination.testkit.ManualTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random transactions over few keys: the members of each batch have the answers, and leave the state, of the same
 * transactions one after the other, forwards and backwards.
 */
class GroupCommitRandomTest {

    private static final List<String> KEYS = List.of("/a/1", "/a/2", "/a/3", "/b/1", "/b/2", "/b/3", "/c", "/d", "/e");
    private static final List<KeyRange> RANGES = List.of(KeyRange.prefix("/a/"), KeyRange.prefix("/b/"));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyBatchIsLikeItsMembersOneAfterTheOther(long seed) {
        Random random = new Random(seed);
        GroupRig rig = new GroupRig();
        MemoryStore forwards = MemoryStore.create(new ManualTime());
        MemoryStore backwards = MemoryStore.create(new ManualTime());
        int batches = 0;
        for (int round = 0; round < 40; round++) {
            int before = rig.sent().size();
            IdentityHashMap<Txn, CompletableFuture<TxnResult>> answers = new IdentityHashMap<>();
            rig.together(() -> IntStream.range(0, 10).forEach(i -> {
                Txn txn = txn(random);
                answers.put(txn, rig.commit.txn(txn));
            }));
            for (Txn sent : rig.sent().subList(before, rig.sent().size())) {
                List<Txn> members = new ArrayList<>(GroupRig.members(sent));
                batches += members.size() > 1 ? 1 : 0;
                members.forEach(member -> assertAlike(answers.get(member), forwards.txn(member)));
                Collections.reverse(members);
                members.forEach(member -> assertAlike(answers.get(member), backwards.txn(member)));
            }
            assertThat(answers.values()).allMatch(CompletableFuture::isDone);
            assertThat(state(rig.memory)).isEqualTo(state(forwards)).isEqualTo(state(backwards));
        }
        assertThat(batches).as("rounds with a batch").isGreaterThan(20);
    }

    private static void assertAlike(CompletableFuture<TxnResult> batched, CompletableFuture<TxnResult> alone) {
        assertThat(now(batched).succeeded()).isEqualTo(now(alone).succeeded());
        assertThat(results(now(batched))).isEqualTo(results(now(alone)));
    }

    private static List<Object> results(TxnResult result) {
        return result.results().stream()
                .<Object>map(each -> each instanceof TxnResult.Found found
                        ? entries(found.range().entries())
                        : each)
                .toList();
    }

    private static List<String> state(MemoryStore store) {
        return entries(now(store.range(RangeQuery.prefix("/"))).entries().stream()
                .filter(entry -> !entry.key().startsWith("/busy/"))
                .toList());
    }

    private static List<String> entries(List<KeyValue> entries) {
        return entries.stream()
                .map(entry -> entry.key() + "=" + entry.value().utf8() + "#" + entry.version())
                .toList();
    }

    private static Txn txn(Random random) {
        List<Compare> compares = IntStream.range(0, 1 + random.nextInt(2))
                .mapToObj(i -> compare(random))
                .toList();
        return new Txn(compares, branch(random), branch(random), delivery(random));
    }

    private static Delivery delivery(Random random) {
        return random.nextBoolean() ? Delivery.ONCE : Delivery.REPEATABLE;
    }

    private static Compare compare(Random random) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        return switch (random.nextInt(4)) {
            case 0 -> Compare.absent(key);
            case 1 -> Compare.noneIn(RANGES.get(random.nextInt(RANGES.size())));
            case 2 -> Compare.of(key, Target.VERSION, Relation.LESS, random.nextInt(4));
            default -> Compare.valueIs(key, Bytes.utf8("" + random.nextInt(3)));
        };
    }

    private static List<Op> branch(Random random) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        KeyRange range = RANGES.get(random.nextInt(RANGES.size()));
        return switch (random.nextInt(6)) {
            case 0 -> List.of(Op.put(key, Bytes.utf8("" + random.nextInt(3)), 0), Op.get(RangeQuery.of(range)));
            case 1 -> List.of(Op.delete(key));
            case 2 -> List.of(Op.delete(range));
            case 3 -> List.of(Op.get(RangeQuery.of(range)), Op.get(key));
            case 4 -> List.of(Op.put(key, Bytes.utf8("" + random.nextInt(3)), 0));
            default -> List.of(Op.get(key));
        };
    }
}
