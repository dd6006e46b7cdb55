package io.harpc.scenario;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A scenario: a test that gets a {@link Stage}. It runs once, with the seed of the system
 * property {@code scenario.seed} or a random one; {@code scenario.runs} times with as
 * many seeds; or for {@code scenario.seconds}, as {@code mvn verify -Psoak} has it. With
 * {@code -DexcludedGroups=scenario} none is run.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@Tag("scenario")
@ExtendWith(Scenarios.class)
@Timeout(180)
@interface ScenarioTest {

}
