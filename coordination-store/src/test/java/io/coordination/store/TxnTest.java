package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.Txn.Relation;
import io.coordination.store.Txn.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TxnTest {

    private static final Op PUT = Op.put("/a", Bytes.utf8("1"), 5);
    private static final Op GET = Op.get("/a");

    @Test
    void isBuiltStepByStepWithoutChangingEarlierSteps() {
        Txn guarded = Txn.when(Compare.absent("/a"));
        Txn whole = guarded.then(PUT).then(GET).orElse(GET).delivered(Delivery.URGENT);

        assertThat(guarded).isEqualTo(new Txn(List.of(Compare.absent("/a")), List.of(), List.of(), Delivery.ONCE));
        assertThat(whole)
                .isEqualTo(new Txn(List.of(Compare.absent("/a")), List.of(PUT, GET), List.of(GET), Delivery.URGENT));
    }

    @Test
    void isDeliveredOnceUnlessSaidOtherwise() {
        assertThat(Txn.always(PUT).delivery()).isEqualTo(Delivery.ONCE);
        assertThat(Txn.always(PUT).compares()).isEmpty();
        assertThat(Txn.always(PUT).then(GET).success()).containsExactly(PUT, GET);
    }

    @Test
    void keepsCopiesOfItsLists() {
        List<Op> operations = new ArrayList<>(List.of(PUT));
        Txn txn = new Txn(List.of(), operations, List.of(), Delivery.ONCE);
        operations.clear();

        assertThat(txn.success()).containsExactly(PUT);
        assertThatThrownBy(() -> txn.success().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void comparesSayWhatTheirNamesSay() {
        KeyRange key = KeyRange.key("/a");
        assertThat(Compare.absent("/a"))
                .isEqualTo(new Compare(key, Target.CREATE_REVISION, Relation.EQUAL, 0, Bytes.EMPTY));
        assertThat(Compare.present("/a"))
                .isEqualTo(new Compare(key, Target.CREATE_REVISION, Relation.GREATER, 0, Bytes.EMPTY));
        assertThat(Compare.createdAt("/a", 3))
                .isEqualTo(new Compare(key, Target.CREATE_REVISION, Relation.EQUAL, 3, Bytes.EMPTY));
        assertThat(Compare.modifiedAt("/a", 3))
                .isEqualTo(new Compare(key, Target.MOD_REVISION, Relation.EQUAL, 3, Bytes.EMPTY));
        assertThat(Compare.leasedTo("/a", 3)).isEqualTo(new Compare(key, Target.LEASE, Relation.EQUAL, 3, Bytes.EMPTY));
        assertThat(Compare.valueIs("/a", Bytes.utf8("x")))
                .isEqualTo(new Compare(key, Target.VALUE, Relation.EQUAL, 0, Bytes.utf8("x")));
        assertThat(Compare.noneIn(KeyRange.prefix("/a")).keys()).isEqualTo(KeyRange.prefix("/a"));
    }

    @Test
    void operationsSayWhatTheirNamesSay() {
        assertThat(Op.putKeepingLease("/a", Bytes.EMPTY)).isEqualTo(new Txn.Put("/a", Bytes.EMPTY, 0, true));
        assertThat(PUT).isEqualTo(new Txn.Put("/a", Bytes.utf8("1"), 5, false));
        assertThat(Op.delete("/a")).isEqualTo(new Txn.Delete(KeyRange.key("/a")));
        assertThat(Op.delete(KeyRange.prefix("/a"))).isEqualTo(new Txn.Delete(KeyRange.prefix("/a")));
        assertThat(GET).isEqualTo(new Txn.Get(RangeQuery.key("/a")));
    }

    @Test
    void resultsAreReadByPosition() {
        RangeResult range = new RangeResult(1, 2, List.of(), 0);
        TxnResult result = new TxnResult(
                1, true, 2, List.of(new TxnResult.Done(), new TxnResult.Found(range), new TxnResult.Deleted(4)));

        assertThat(result.range(1)).isSameAs(range);
        assertThat(result.deleted(2)).isEqualTo(4);
        assertThatThrownBy(() -> result.range(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
        assertThatThrownBy(() -> result.deleted(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void queriesAreNarrowedWithoutChangingTheOriginal() {
        RangeQuery all = RangeQuery.prefix("/a/");
        RangeQuery page = all.withLimit(10).atRevision(7).withKeysOnly().asSerializable();

        assertThat(all).isEqualTo(new RangeQuery(KeyRange.prefix("/a/"), 0, 0, false, false, false));
        assertThat(page).isEqualTo(new RangeQuery(KeyRange.prefix("/a/"), 10, 7, true, false, true));
        assertThat(page.withKeys(KeyRange.key("/b")))
                .isEqualTo(new RangeQuery(KeyRange.key("/b"), 10, 7, true, false, true));
        assertThat(all.withCountOnly().countOnly()).isTrue();
    }

    @Test
    void aRangeResultKnowsWhetherTheLimitCutIt() {
        KeyValue entry = new KeyValue("/a", Bytes.EMPTY, 1, 1, 1, 0);

        assertThat(new RangeResult(1, 1, List.of(entry), 2).more()).isTrue();
        assertThat(new RangeResult(1, 1, List.of(entry), 1).more()).isFalse();
        assertThat(new RangeResult(1, 1, List.of(), 5).more()).isFalse();
        assertThat(new RangeResult(1, 1, List.of(entry), 1).first()).contains(entry);
        assertThat(new RangeResult(1, 1, List.of(), 0).first()).isEmpty();
    }
}
