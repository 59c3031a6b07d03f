package io.coordination;

import static io.coordination.HolderFixture.options;
import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DefaultCoordinatorHolderTest {
    private final HolderFixture fixture = new HolderFixture();
    private final DefaultCoordinatorHolder holder = fixture.holder;

    static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThat(catchThrowableOfType(CoordinationException.class, call).code())
                .isEqualTo(code);
    }

    @Nested
    class Opening {
        @Test
        void theFirstUseOpensAndLaterUsesShare() {
            assertThat(fixture.connected).isEmpty();
            Coordinator first = holder.coordinator();
            assertThat(holder.coordinator()).isSameAs(first);
            assertThat(fixture.connected).containsExactly(CoordinatorOptions.defaults());
        }

        @Test
        void configuredOptionsBeatTheEnvironment() {
            holder.configure(options("configured"));
            holder.coordinator();
            assertThat(fixture.connected).containsExactly(options("configured"));
        }

        @Test
        void aFailureLeavesNothingAndTheNextCallReadsTheEnvironmentAgain() {
            CoordinationException refused = CoordinationException.of(ErrorCode.CONNECTION_ERROR, "refused");
            fixture.connector = options -> {
                throw refused;
            };
            assertThatThrownBy(holder::coordinator).isSameAs(refused);
            fixture.connector = options -> new FakeCoordinator();
            fixture.environment = () -> new EnvironmentOptions.Loaded(options("repaired"), "default");
            assertThat(holder.coordinator()).isSameAs(fixture.opened.get(0));
            assertThat(fixture.connected).containsExactly(CoordinatorOptions.defaults(), options("repaired"));
        }

        @Test
        void aBadEnvironmentIsReportedAndMayBeRepaired() {
            fixture.environment = () -> {
                throw CoordinationException.of(ErrorCode.VALIDATION_ERROR, "bad");
            };
            assertCode(ErrorCode.VALIDATION_ERROR, holder::coordinator);
            holder.configure(options("good"));
            assertThat(holder.coordinator()).isNotNull();
        }

        @Test
        void foreignExceptionsDoNotLeave() {
            IllegalStateException defect = new IllegalStateException("defect");
            fixture.connector = options -> {
                throw defect;
            };
            assertThatThrownBy(holder::coordinator)
                    .isInstanceOf(CoordinationException.class)
                    .hasCause(defect);
            assertCode(ErrorCode.INTERNAL_ERROR, holder::coordinator);
        }

        @Test
        void usingTheFacadeWhileOpeningItIsAnErrorNotADeadlock() {
            fixture.connector = options -> {
                holder.coordinator();
                return new FakeCoordinator();
            };
            assertCode(ErrorCode.INVALID_STATE, holder::coordinator);
        }
    }

    @Nested
    class Closing {
        @Test
        void theNextCallOpensAnotherFromTheSameOptions() {
            fixture.environment = () -> new EnvironmentOptions.Loaded(options("first"), "default");
            Coordinator first = holder.coordinator();
            holder.close();
            assertThat(first.state()).isEqualTo(ConnectionState.CLOSED);
            fixture.environment = () -> new EnvironmentOptions.Loaded(options("second"), "default");
            assertThat(holder.coordinator()).isNotSameAs(first);
            assertThat(fixture.connected).containsExactly(options("first"), options("first"));
        }

        @Test
        void isIdempotentAndOpensNothing() {
            holder.close();
            assertThat(fixture.connected).isEmpty();
            holder.coordinator();
            holder.close();
            holder.close();
            assertThat(fixture.opened.get(0).closes).hasValue(1);
        }

        @Test
        void byTheUserOfTheCoordinatorCountsToo() {
            Coordinator first = holder.coordinator();
            first.close();
            assertThat(holder.coordinator()).isNotSameAs(first);
        }
    }

    @Nested
    class Configuring {
        @Test
        void isRefusedWhileACoordinatorIsOpen() {
            holder.coordinator();
            assertCode(ErrorCode.INVALID_STATE, () -> holder.configure(options("late")));
            holder.close();
            holder.configure(options("late"));
            holder.coordinator();
            assertThat(fixture.connected).containsExactly(CoordinatorOptions.defaults(), options("late"));
        }

        @Test
        void mayBeRepeatedBeforeTheFirstUse() {
            holder.configure(options("a"));
            holder.configure(options("b"));
            holder.coordinator();
            assertThat(fixture.connected).containsExactly(options("b"));
        }

        @Test
        void needsOptions() {
            assertRefused(() -> holder.configure(null), "options is null");
        }
    }

    @Nested
    class Installing {
        private final FakeCoordinator mine = new FakeCoordinator();

        @Test
        void makesItTheDefaultWithoutOpeningAnything() {
            holder.install(mine);
            holder.install(mine);
            assertThat(holder.coordinator()).isSameAs(mine);
            assertThat(fixture.connected).isEmpty();
            assertThat(fixture.hooks).isEmpty();
        }

        @Test
        void refusesToReplaceAnOpenOne() {
            Coordinator opened = holder.coordinator();
            assertCode(ErrorCode.INVALID_STATE, () -> holder.install(mine));
            assertThat(holder.coordinator()).isSameAs(opened);
            holder.close();
            holder.install(mine);
            assertCode(ErrorCode.INVALID_STATE, () -> holder.install(new FakeCoordinator()));
            assertCode(ErrorCode.INVALID_STATE, () -> holder.configure(options("x")));
            assertThat(holder.coordinator()).isSameAs(mine);
        }

        @Test
        void refusesClosedOnesAndNull() {
            mine.close();
            assertCode(ErrorCode.INVALID_STATE, () -> holder.install(mine));
            assertRefused(() -> holder.install(null), "coordinator is null");
        }

        @Test
        void onceItIsClosedEveryCallSaysSoUntilAnotherIsInstalled() {
            holder.install(mine);
            mine.close();
            assertCode(ErrorCode.CLOSED, holder::coordinator);
            assertCode(ErrorCode.CLOSED, holder::coordinator);
            FakeCoordinator next = new FakeCoordinator();
            holder.install(next);
            assertThat(holder.coordinator()).isSameAs(next);
        }

        @Test
        void onceItIsClosedConfiguringMakesTheFacadeOpenAgain() {
            holder.install(mine);
            mine.close();
            holder.configure(options("again"));
            assertThat(holder.coordinator()).isSameAs(fixture.opened.get(0));
            holder.close();
            assertThat(holder.coordinator()).isSameAs(fixture.opened.get(1));
        }

        @Test
        void closingTheFacadeForgetsItAndLeavesItOpen() {
            holder.install(mine);
            holder.close();
            assertThat(mine.closes).hasValue(0);
            assertCode(ErrorCode.CLOSED, holder::coordinator);
            assertThat(fixture.connected).isEmpty();
        }
    }

    @Nested
    class Announcing {
        private final Logger logger = (Logger) LoggerFactory.getLogger(DefaultCoordinatorHolder.class);
        private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

        @BeforeEach
        void listen() {
            logger.setLevel(Level.INFO);
            logger.setAdditive(false);
            lines.start();
            logger.addAppender(lines);
        }

        @AfterEach
        void stopListening() {
            logger.detachAppender(lines);
            logger.setAdditive(true);
            logger.setLevel(null);
        }

        @Test
        void tellsEndpointsAndSourceOncePerConfiguration() {
            fixture.environment = () -> new EnvironmentOptions.Loaded(
                    CoordinatorOptions.builder()
                            .endpoints("http://etcd:2379")
                            .credentials("root", "s3cret")
                            .build(),
                    "system property coordination.endpoints");
            fixture.connector = options -> {
                throw CoordinationException.of(ErrorCode.CONNECTION_ERROR, "refused");
            };
            assertCode(ErrorCode.CONNECTION_ERROR, holder::coordinator);
            fixture.connector = options -> new FakeCoordinator();
            holder.coordinator();
            holder.close();
            holder.coordinator();

            assertThat(lines.list).hasSize(1);
            assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.INFO);
            assertThat(lines.list.get(0).getKeyValuePairs().toString())
                    .contains("http://etcd:2379", "system property coordination.endpoints")
                    .doesNotContain("s3cret");
        }

        @Test
        void tellsAgainWhenTheConfigurationChanged() {
            holder.coordinator();
            holder.close();
            holder.configure(options("other"));
            holder.coordinator();
            assertThat(lines.list).hasSize(2);
            assertThat(lines.list.get(1).getKeyValuePairs().toString()).contains("Coordination.configure");
        }
    }
}
