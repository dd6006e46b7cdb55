package io.harpc.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A connected socket and the streams that frames take through it: its own, or those of
 * TLS on top of them.
 *
 * @param socket the socket; what ends a connection by force closes it and nothing else
 * @param in where bytes come from; one thread at a time
 * @param out where bytes go; one thread at a time, which may be another
 * @param security what is known of the other end
 */
record Wire(Socket socket, InputStream in, OutputStream out, ConnectionSecurity security) {

	static Wire plain(Socket socket) throws IOException {
		return new Wire(socket, socket.getInputStream(), socket.getOutputStream(), ConnectionSecurity.NONE);
	}

	/** Never blocks, whatever reads and writes are under way. */
	void close() {
		ClientConnection.closeQuietly(this.socket);
	}

}
