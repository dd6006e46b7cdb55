package io.harpc.benchmarks.grpc;

import com.google.protobuf.ByteString;
import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserPage;
import io.harpc.benchmarks.grpc.generated.Content;
import io.harpc.benchmarks.grpc.generated.DelayedEmail;
import io.harpc.benchmarks.grpc.generated.Email;
import io.harpc.benchmarks.grpc.generated.Id;
import io.harpc.benchmarks.grpc.generated.PageMessage;
import io.harpc.benchmarks.grpc.generated.PageNumber;
import io.harpc.benchmarks.grpc.generated.UserMessage;
import io.harpc.benchmarks.grpc.generated.UsersGrpc;
import io.harpc.benchmarks.subject.UserCalls;

/**
 * The calls on a blocking stub.
 *
 * @param stub the stub
 */
record GrpcCalls(UsersGrpc.UsersBlockingStub stub) implements UserCalls {

	@Override
	public boolean existUser(String email) {
		return this.stub.existUser(Email.newBuilder().setEmail(email).build()).getValue();
	}

	@Override
	public boolean createUser(long id) {
		return this.stub.createUser(Messages.user(id)).getValue();
	}

	@Override
	public Object getUser(long id) {
		return this.stub.getUser(Id.newBuilder().setValue(id).build());
	}

	@Override
	public Object listUser(int pageNo) {
		return this.stub.listUser(PageNumber.newBuilder().setValue(pageNo).build());
	}

	@Override
	public byte[] echo(byte[] content) {
		Content request = Content.newBuilder().setValue(ByteString.copyFrom(content)).build();
		return this.stub.echo(request).getValue().toByteArray();
	}

	@Override
	public boolean existUserAfter(String email, int millis) {
		DelayedEmail request = DelayedEmail.newBuilder().setEmail(email).setMillis(millis).build();
		return this.stub.existUserAfter(request).getValue();
	}

	@Override
	public User toUser(Object answer) {
		return Messages.toUser((UserMessage) answer);
	}

	@Override
	public UserPage toPage(Object answer) {
		return Messages.toPage((PageMessage) answer);
	}

}
