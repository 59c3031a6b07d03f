package io.coordination.tests;

class LifecycleEtcd35IT extends LifecycleScenarios {

    @Override
    String version() {
        return "3.5";
    }
}
