package io.coordination.registry.internal;

import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.registry.ServiceInfo;
import java.util.function.Consumer;

/** What the user holds of a registration. */
final class KeptRegistration implements Registration {

    private final RegistrationKeeper keeper;
    private final Consumer<RegistrationKeeper> onClose;

    KeptRegistration(RegistrationKeeper keeper, Consumer<RegistrationKeeper> onClose) {
        this.keeper = keeper;
        this.onClose = onClose;
    }

    @Override
    public ServiceInfo service() {
        return keeper.service();
    }

    @Override
    public RegistrationState state() {
        return keeper.state();
    }

    @Override
    public void close() {
        onClose.accept(keeper);
    }

    @Override
    public String toString() {
        return "Registration[" + service() + ", " + state() + "]";
    }
}
