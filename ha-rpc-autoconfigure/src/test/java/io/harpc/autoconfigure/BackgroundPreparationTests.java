package io.harpc.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationListener;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

class BackgroundPreparationTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void isFoundBySpringBoot() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(ApplicationListener.class))
			.hasAtLeastOneElementOfType(BackgroundPreparation.class);
	}

	@Test
	void hasASampleThatCanTravel() {
		assertThatNoException().isThrownBy(BackgroundPreparation::prepareSample);
	}

	@Test
	void isWantedUnlessThereIsOneProcessor() {
		assertThat(BackgroundPreparation.isWanted(this.environment, 2)).isTrue();
		assertThat(BackgroundPreparation.isWanted(this.environment, 1)).isFalse();
	}

	@Test
	void isNotWantedWhereHaRpcIsDisabled() {
		this.environment.setProperty("ha-rpc.enabled", "false");
		assertThat(BackgroundPreparation.isWanted(this.environment, 2)).isFalse();
	}

	@Test
	void isSwitchedOffTogetherWithThatOfSpringBoot() {
		this.environment.setProperty("spring.backgroundpreinitializer.ignore", "true");
		assertThat(BackgroundPreparation.isWanted(this.environment, 2)).isFalse();
	}

}
