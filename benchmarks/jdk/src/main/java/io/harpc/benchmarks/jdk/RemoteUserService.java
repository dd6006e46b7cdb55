package io.harpc.benchmarks.jdk;

import java.rmi.Remote;
import java.rmi.RemoteException;

import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserPage;
import io.harpc.benchmarks.api.UserService;

/** {@link UserService} as RMI wants it. */
interface RemoteUserService extends Remote {

	boolean existUser(String email) throws RemoteException;

	boolean createUser(User user) throws RemoteException;

	User getUser(long id) throws RemoteException;

	UserPage listUser(int pageNo) throws RemoteException;

	byte[] echo(byte[] content) throws RemoteException;

	boolean existUserAfter(String email, int millis) throws RemoteException;

	/**
	 * What answers.
	 *
	 * @param service makes the answers
	 */
	record Adapter(UserService service) implements RemoteUserService {

		@Override
		public boolean existUser(String email) {
			return this.service.existUser(email);
		}

		@Override
		public boolean createUser(User user) {
			return this.service.createUser(user);
		}

		@Override
		public User getUser(long id) {
			return this.service.getUser(id);
		}

		@Override
		public UserPage listUser(int pageNo) {
			return this.service.listUser(pageNo);
		}

		@Override
		public byte[] echo(byte[] content) {
			return this.service.echo(content);
		}

		@Override
		public boolean existUserAfter(String email, int millis) {
			return this.service.existUserAfter(email, millis);
		}

	}

}
