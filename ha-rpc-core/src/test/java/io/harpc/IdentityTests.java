package io.harpc;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Identity}.
 */
class IdentityTests {

	@Test
	void isWhatItWasMadeOfWhateverBecomesOfThat() {
		Set<String> roles = new HashSet<>(Set.of("READER"));
		Identity identity = new Identity("shop", roles);
		roles.add("ADMIN");
		assertThat(identity).isEqualTo(new Identity("shop", Set.of("READER")));
		assertThat(identity.getName()).isEqualTo("shop");
	}

	@Test
	void hasANameThatALogCanTake() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Identity("", Set.of()))
			.withMessage("name of 0 characters (expected: 1 to 500)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Identity("a".repeat(501), Set.of()))
			.withMessage("name of 501 characters (expected: 1 to 500)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Identity("shop\nroot logged in", Set.of()))
			.withMessage("name with a control character (expected: none)");
		assertThatIllegalArgumentException().isThrownBy(() -> new Identity("shop", Set.of("admin\u2028root logged in")))
			.withMessage("role with a control character (expected: none)");
	}

}
