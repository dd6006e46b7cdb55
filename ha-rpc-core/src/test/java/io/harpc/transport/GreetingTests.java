package io.harpc.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

import io.harpc.protocol.Hello;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whose places for connections that are not welcome yet are counted together.
 */
class GreetingTests {

	@ParameterizedTest
	@CsvSource({ "192.0.2.1, 192.0.2.1, true", "192.0.2.1, 192.0.2.2, false",
			"2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true", "2001:db8:1:2::1, 2001:db8:1:3::1, false",
			"::ffff:192.0.2.1, 192.0.2.1, true" })
	void isOfOneOriginWithItsNetwork(String one, String other, boolean same) throws IOException {
		assertThat(origin(one).equals(origin(other))).isEqualTo(same);
	}

	private static ByteBuffer origin(String host) throws IOException {
		InetAddress address = InetAddress.getByName(host);
		Socket socket = new Socket() {

			@Override
			public InetAddress getInetAddress() {
				return address;
			}

			@Override
			public InputStream getInputStream() {
				return InputStream.nullInputStream();
			}

			@Override
			public OutputStream getOutputStream() {
				return OutputStream.nullOutputStream();
			}

		};
		return new Greeting(socket, TransportServerSettings.defaults(0), Hello.ofServer(4096, "json", "run")).origin();
	}

}
