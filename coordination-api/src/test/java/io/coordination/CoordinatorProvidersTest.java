package io.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.spi.CoordinatorProvider;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoordinatorProvidersTest {
    /** A second provider, not registered anywhere. */
    private static final class OtherProvider implements CoordinatorProvider {
        @Override
        public Coordinator connect(CoordinatorOptions options) {
            return new FakeCoordinator();
        }
    }

    @AfterEach
    void resetProvider() {
        FakeProvider.behaviour = options -> new FakeCoordinator();
    }

    @Test
    void noneNamesTheArtifactToAdd() {
        CoordinationException e =
                catchThrowableOfType(CoordinationException.class, () -> CoordinatorProviders.only(List.of()));
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_STATE);
        assertThat(e).hasMessageContaining("io.coordination:coordination-client");
    }

    @Test
    void severalAreListed() {
        CoordinationException e = catchThrowableOfType(
                CoordinationException.class,
                () -> CoordinatorProviders.only(List.of(new OtherProvider(), new FakeProvider())));
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_STATE);
        assertThat(e).hasMessageContainingAll(FakeProvider.class.getName(), OtherProvider.class.getName());
    }

    @Test
    void theOneOnTheClassPathIsFoundAndGetsTheOptions() {
        FakeCoordinator expected = new FakeCoordinator();
        CoordinatorOptions options = HolderFixture.options("mine");
        FakeProvider.behaviour = given -> {
            assertThat(given).isSameAs(options);
            return expected;
        };
        assertThat(CoordinatorProviders.connect(options)).isSameAs(expected);
    }

    @Test
    void itsOwnErrorsPassAndForeignOnesAreWrapped() {
        CoordinationException refused = CoordinationException.of(ErrorCode.PERMISSION_DENIED, "refused");
        FakeProvider.behaviour = options -> {
            throw refused;
        };
        assertThat(connectFailure()).isSameAs(refused);

        NoSuchMethodError mixedVersions = new NoSuchMethodError("io.grpc");
        FakeProvider.behaviour = options -> {
            throw mixedVersions;
        };
        assertThat(connectFailure().code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(connectFailure()).hasCause(mixedVersions).hasMessageContaining("NoSuchMethodError");
    }

    private static CoordinationException connectFailure() {
        return catchThrowableOfType(
                CoordinationException.class, () -> CoordinatorProviders.connect(CoordinatorOptions.defaults()));
    }
}
