package io.harpc.security;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.harpc.Identity;
import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.CertificateAuthority.Certified;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whom a certificate makes known.
 */
class CertificateNameTests {

	private static final CertificateAuthority AUTHORITY = new CertificateAuthority("tests");

	@Test
	void isTheCommonNameOrTheFirstOfItsKind() throws Exception {
		Certified orders = AUTHORITY.issue("orders", "127.0.0.1", "a.example.org", "b.example.org");
		assertThat(identity(CertificateName.COMMON_NAME, orders)).isEqualTo(new Identity("orders", Set.of("buyer")));
		assertThat(identity(CertificateName.DNS, orders))
			.isEqualTo(new Identity("a.example.org", Set.of("buyer", "admin")));
	}

	@Test
	void endsWithTheCertificate() throws Exception {
		Instant until = Instant.parse("2126-01-01T00:00:00Z");
		Certified orders = AUTHORITY.issue("orders", Instant.EPOCH, until);
		assertThat(authenticate(CertificateName.COMMON_NAME, orders, null).until()).isEqualTo(until);
	}

	@ParameterizedTest
	@CsvSource({ "orders, URI", "orders, EMAIL", "orders, DNS" })
	void nobodyIsKnownByANameThatIsNotThere(String name, CertificateName place) {
		assertThatExceptionOfType(AuthenticationException.class)
			.isThrownBy(() -> authenticate(place, AUTHORITY.issue(name), null))
			.withMessage("the certificate has no " + place + " to know its owner by");
	}

	/** Which of both a reader takes differs from one to the next. */
	@Test
	void nobodyIsKnownByOneOfTwoCommonNames() {
		assertThatExceptionOfType(AuthenticationException.class)
			.isThrownBy(() -> authenticate(CertificateName.COMMON_NAME, AUTHORITY.issue("orders,CN=admin"), null))
			.withMessage("the certificate has 2 common names (expected: one)");
	}

	@Test
	void aCommonNameThatLooksLikeTwoIsOne() throws Exception {
		assertThat(identity(CertificateName.COMMON_NAME, AUTHORITY.issue("orders\\,CN\\=admin")).name())
			.isEqualTo("orders,CN=admin");
	}

	@Test
	void whoSendsATokenIsNotKnownByTheCertificate() throws Exception {
		assertThat(authenticate(CertificateName.COMMON_NAME, AUTHORITY.issue("orders"), "token")).isNull();
	}

	private static Identity identity(CertificateName name, Certified certified) throws AuthenticationException {
		return authenticate(name, certified, null).identity();
	}

	private static Authentication authenticate(CertificateName name, Certified certified, @Nullable String token)
			throws AuthenticationException {
		return Authenticator
			.byCertificate(name, Map.of("buyer", List.of("orders", "a.example.org"), "admin", List.of("a.example.org")))
			.authenticate(new Credentials(InetAddress.getLoopbackAddress(), true, certified.chain(), token));
	}

}
