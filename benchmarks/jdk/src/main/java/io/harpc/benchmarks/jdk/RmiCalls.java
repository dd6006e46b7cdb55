package io.harpc.benchmarks.jdk;

import java.rmi.RemoteException;

import io.harpc.benchmarks.api.Users;
import io.harpc.benchmarks.subject.UserCalls;

/**
 * The calls on an RMI stub.
 *
 * @param stub the stub
 */
record RmiCalls(RemoteUserService stub) implements UserCalls {

	@Override
	public boolean existUser(String email) throws RemoteException {
		return this.stub.existUser(email);
	}

	@Override
	public boolean createUser(long id) throws RemoteException {
		return this.stub.createUser(Users.user(id));
	}

	@Override
	public Object getUser(long id) throws RemoteException {
		return this.stub.getUser(id);
	}

	@Override
	public Object listUser(int pageNo) throws RemoteException {
		return this.stub.listUser(pageNo);
	}

	@Override
	public byte[] echo(byte[] content) throws RemoteException {
		return this.stub.echo(content);
	}

	@Override
	public boolean existUserAfter(String email, int millis) throws RemoteException {
		return this.stub.existUserAfter(email, millis);
	}

}
