import { type Kysely, sql } from 'kysely';

/** One user name and extension may be a login of several Clients, as long as different programs reach them through the Bridge. */
export async function addLoginPrograms(db: Kysely<unknown>): Promise<void> {
  // SQLite cannot drop the constraint of a table: it is made anew.
  await db.schema
    .createTable('legacy_logins_next')
    .addColumn('client', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('extension', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('program', 'text', (column) => column.notNull().defaultTo(''))
    .addPrimaryKeyConstraint('legacy_logins_row', ['client', 'position'])
    .addUniqueConstraint('legacy_logins_reach', ['username', 'extension', 'program'])
    .addForeignKeyConstraint('legacy_logins_of_client', ['client'], 'clients', ['name'], (constraint) => constraint.onDelete('cascade'))
    .addForeignKeyConstraint('legacy_logins_for_connection', ['connection'], 'connections', ['name'])
    .execute();
  await sql`insert into legacy_logins_next (client, position, username, extension, password_hash, connection, program)
    select client, position, username, extension, password_hash, connection, coalesce(bridge_client_id, '')
    from legacy_logins join clients on clients.name = client`.execute(db);
  await db.schema.dropTable('legacy_logins').execute();
  await db.schema.alterTable('legacy_logins_next').renameTo('legacy_logins').execute();
  await db.schema.createIndex('legacy_logins_connection').on('legacy_logins').column('connection').execute();
}
