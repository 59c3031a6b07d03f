package io.coordination.tests;

class LifecycleEtcd34IT extends LifecycleScenarios {

    @Override
    String version() {
        return "3.4";
    }
}
