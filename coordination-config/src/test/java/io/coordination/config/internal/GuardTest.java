package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.config.Version;
import io.coordination.config.internal.Guard.Standing;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn.Compare;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuardTest {

    private static final KeyValue FOUND = entry(10, 12, 3);

    private static KeyValue entry(long createRevision, long modRevision, long version) {
        return new KeyValue("k", Bytes.EMPTY, createRevision, modRevision, version, 0);
    }

    private static Standing standing(KeyValue now) {
        return Guard.of("k", Optional.of(FOUND)).standing(Optional.of(now));
    }

    @Test
    void theGuardedStateItselfIsUntouched() {
        assertThat(standing(FOUND)).isEqualTo(Standing.UNTOUCHED);
    }

    @Test
    void exactlyOneOtherPutSupersedes() {
        assertThat(standing(entry(10, 15, 4))).isEqualTo(Standing.SUPERSEDED);
    }

    @Test
    void twoPutsMayIncludeOurs() {
        assertThat(standing(entry(10, 15, 5))).isEqualTo(Standing.UNCLEAR);
    }

    @Test
    void aNewLifeMayFollowOurs() {
        assertThat(standing(entry(15, 15, 4))).isEqualTo(Standing.UNCLEAR);
        assertThat(Guard.of("k", Optional.of(FOUND)).standing(Optional.empty())).isEqualTo(Standing.UNCLEAR);
    }

    @Test
    void anExpectedVersionThatWasNeverSeenTellsNothingAboutPutsSince() {
        Guard guard = Guard.of("k", new Version(12), Optional.of(entry(10, 11, 2)));
        assertThat(guard.standing(Optional.of(entry(10, 15, 3)))).isEqualTo(Standing.UNCLEAR);
        assertThat(guard.standing(Optional.of(FOUND))).isEqualTo(Standing.UNTOUCHED);
    }

    @Test
    void absenceProvesNothing() {
        assertThat(Guard.absent("k").standing(Optional.empty())).isEqualTo(Standing.UNCLEAR);
        assertThat(Guard.absent("k").standing(Optional.of(FOUND))).isEqualTo(Standing.UNCLEAR);
    }

    @Test
    void theCompareIsOnTheModRevisionOrOnAbsence() {
        assertThat(Guard.of("k", Optional.of(FOUND)).compare()).isEqualTo(Compare.modifiedAt("k", 12));
        assertThat(Guard.of("k", Version.ABSENT, Optional.of(FOUND)).compare()).isEqualTo(Compare.absent("k"));
    }
}
